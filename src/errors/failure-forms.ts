import type { ErrorForms } from '../lib/thread-messages.ts';
import { Failure, fromPlain, type PlainFailure, toPlain } from './failure.ts';

/** Failures stay failures when they cross threads; bugs and everything else cross like other errors. */
export const failureForms: ErrorForms = {
  toPlain: (error) => (error instanceof Failure ? toPlain(error) : undefined),
  fromPlain: (plain) => fromPlain(plain as PlainFailure),
};
