import type { ReactNode } from 'react';

/** In place of a list without entries: what it is for, and what to do next. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="empty">
      <svg viewBox="0 0 120 24" aria-hidden="true">
        <path d="M2 12h116" />
      </svg>
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}
