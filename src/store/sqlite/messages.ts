import type { PlainFailure } from '../../errors/failure.ts';
import type { Topic } from '../operation.ts';
import type { WriteName } from '../operations/operations.ts';

/** One write on its way to the thread that writes. */
export interface Unit {
  readonly id: number;
  readonly name: WriteName;
  readonly input: unknown;
  /** The store's time when it was asked for. */
  readonly now: number;
  readonly bytes: number;
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: PlainFailure }
  | { readonly id: number; readonly bug: { readonly message: string; readonly stack: string | undefined } };

export type ToWriter =
  | { readonly kind: 'units'; readonly units: readonly Unit[] }
  /** From now on, tell when another process has changed something. */
  | { readonly kind: 'watch' }
  | { readonly kind: 'close' };

export type FromWriter =
  | { readonly kind: 'answers'; readonly answers: readonly Answer[]; readonly topics: readonly Topic[] }
  /** A write, commit or sync failed; nothing is written any more. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'changed' };
