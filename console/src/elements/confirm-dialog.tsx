import type { ReactNode } from 'react';
import { explain } from '../api/backstitch.ts';
import { BusyButton } from './busy-button.tsx';
import { Dialog } from './dialog.tsx';

/** Asks before something is gone: what goes and what stays, why it could not be done, the way back and the way on. */
export function ConfirmDialog({
  title,
  action,
  attempt: { mutate, isPending, error },
  onClose,
  children,
}: {
  readonly title: string;
  /** What the button says: `Delete source`. */
  readonly action: string;
  /** Carries it out. */
  readonly attempt: { mutate(): void; readonly isPending: boolean; readonly error: Error | null };
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {error && <p className="field-error">{explain(error)}</p>}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
        <BusyButton kind="danger" busy={isPending} onClick={mutate}>
          {action}
        </BusyButton>
      </div>
    </Dialog>
  );
}
