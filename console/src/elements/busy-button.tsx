import type { ReactNode } from 'react';

/** Stays where it is, and in focus, while what it began goes on. */
export function BusyButton({
  busy,
  kind = 'plain',
  type = 'button',
  onClick,
  children,
}: {
  readonly busy: boolean;
  readonly kind?: 'plain' | 'primary' | 'danger';
  readonly type?: 'button' | 'submit';
  readonly onClick?: () => void;
  readonly children: ReactNode;
}) {
  return (
    <button
      type={type}
      className={kind === 'plain' ? 'button' : `button button-${kind}`}
      aria-disabled={busy}
      data-busy={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.();
      }}
    >
      {children}
    </button>
  );
}
