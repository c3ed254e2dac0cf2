import { LoadFailure } from '../../destinations/session.ts';
import { failureForms } from '../../errors/failure-forms.ts';
import type { ErrorForms } from '../../lib/thread-messages.ts';
import { SpoolDamage } from '../../store/spool-store.ts';
import { LoadCrash } from '../run-load.ts';

/** The session is of a thread that is gone. */
export class NoSession extends Error {
  override readonly name = 'NoSession';
}

type Plain =
  | {
      readonly kind: 'failure';
      readonly of: LoadFailure['kind'];
      readonly message: string;
      readonly remedy: string;
      readonly code: string | null;
      readonly cause: PlainCause;
    }
  | { readonly kind: 'crash'; readonly message: string; readonly cause: PlainCause }
  | { readonly kind: 'damage'; readonly batchId: string; readonly part: number; readonly what: string }
  | { readonly kind: 'no-session' }
  | { readonly kind: 'other'; readonly plain: unknown };

/** For the log; the driver's own fields stay behind. */
type PlainCause = {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
} | null;

/** The kinds of errors of a load stay what they are when they cross threads. */
export const runnerErrors: ErrorForms = {
  toPlain(error): Plain | undefined {
    if (error instanceof LoadFailure) {
      const { kind: of, message, remedy, code } = error;
      return { kind: 'failure', of, message, remedy, code, cause: causeOf(error) };
    }
    if (error instanceof LoadCrash) return { kind: 'crash', message: error.message, cause: causeOf(error) };
    if (error instanceof SpoolDamage) {
      const { batchId, part, what } = error;
      return { kind: 'damage', batchId, part, what };
    }
    if (error instanceof NoSession) return { kind: 'no-session' };
    const plain = failureForms.toPlain(error);
    return plain === undefined ? undefined : { kind: 'other', plain };
  },
  fromPlain(plain) {
    const told = plain as Plain;
    switch (told.kind) {
      case 'failure': {
        const { of, message, remedy, code, cause } = told;
        return new LoadFailure(of, message, { remedy, code, ...withCause(cause) });
      }
      case 'crash':
        return new LoadCrash(told.message, withCause(told.cause));
      case 'damage':
        return new SpoolDamage(told.batchId, told.part, told.what);
      case 'no-session':
        return new NoSession('the session is gone');
      case 'other':
        return failureForms.fromPlain(told.plain);
    }
  },
};

function causeOf({ cause }: Error): PlainCause {
  if (!(cause instanceof Error)) return null;
  const { name, message, stack } = cause;
  return { name, message, stack };
}

function withCause(cause: PlainCause): { readonly cause?: Error } {
  if (cause === null) return {};
  const error = new Error(cause.message);
  error.name = cause.name;
  if (cause.stack !== undefined) error.stack = cause.stack;
  return { cause: error };
}
