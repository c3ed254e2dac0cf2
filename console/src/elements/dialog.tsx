import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

/**
 * A dialog that a URL opens: it is there as long as its route is. The browser keeps the focus inside and gives it back;
 * Escape and the way out call `onClose`, which leaves the route.
 */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    // Before it is taken out of the page: what had the focus gets it back.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {/* It gets the focus first: what is asked is read before what can be answered. */}
      <h2 id={id} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </dialog>
  );
}
