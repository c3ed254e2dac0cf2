import { failureForms } from '../errors/failure-forms.ts';
import type { ErrorForms } from '../lib/thread-messages.ts';
import { BatchRefusal } from './batch-refusal.ts';
import { type PushProblem, PushRefusal } from './push-refusal.ts';

type Plain =
  | { readonly kind: 'batch'; readonly message: string }
  | { readonly kind: 'push'; readonly problem: PushProblem }
  | { readonly kind: 'failure'; readonly failure: unknown };

/** How what is wrong with a body crosses threads. */
export const refusalForms: ErrorForms = {
  toPlain(error): Plain | undefined {
    if (error instanceof BatchRefusal) return { kind: 'batch', message: error.message };
    if (error instanceof PushRefusal) return { kind: 'push', problem: error.problem };
    const failure = failureForms.toPlain(error);
    return failure === undefined ? undefined : { kind: 'failure', failure };
  },
  fromPlain(given) {
    const plain = given as Plain;
    if (plain.kind === 'batch') return new BatchRefusal(plain.message);
    return plain.kind === 'push' ? new PushRefusal(plain.problem) : failureForms.fromPlain(plain.failure);
  },
};
