import { type ReactNode, useEffect, useRef } from 'react';

/** Until somebody goes somewhere, the focus stays at the top, where the skip link is. */
const arrivedAt = location.pathname;
let hasMoved = false;

/** A view: its title, what can be done, and what it shows. The title is where the focus goes when the view opens. */
export function Page({
  title,
  heading = title,
  before,
  actions,
  children,
}: {
  /** Of the document. */
  readonly title: string;
  readonly heading?: ReactNode;
  /** Stands above the heading: the way back. */
  readonly before?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Backstitch`;
    hasMoved ||= location.pathname !== arrivedAt;
    if (hasMoved) top.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <>
      {before && <p className="page-before">{before}</p>}
      <header className="page-header">
        <h1 ref={top} tabIndex={-1}>
          {heading}
        </h1>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}
