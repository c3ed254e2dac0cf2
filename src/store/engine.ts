import type { Topic, Work } from './operation.ts';
import type { InputOf, OutputOf, WriteName } from './operations/operations.ts';
import type { StoreHealth } from './store.ts';

/** What runs operations: SQLite in a thread of its own, or a PostgreSQL server. Everything else is above it. */
export interface Engine extends AsyncDisposable {
  /**
   * Runs a read. It sees every write whose promise has resolved. The time it is given is only about that of the store:
   * good for ages, not for leases.
   */
  read<Input, Output>(
    operation: (input: Input, about: { readonly now: number }) => Work<Output>,
    input: Input,
  ): Promise<Output>;
  /**
   * Runs a write, as one unit of a group that is committed together; durable when resolved.
   * @param bytes size of the input where it is a large one, so that groups stay bounded.
   */
  write<Name extends WriteName>(name: Name, input: InputOf<Name>, bytes?: number): Promise<OutputOf<Name>>;
  /** See `Store.lastCommit`. */
  readonly lastCommit?: () => number;
  subscribe(topic: Topic, listener: () => void): () => void;
  ping(): Promise<StoreHealth>;
  readonly failed: Promise<never>;
}

/** Where a group of writes ends: what is gathered by then is committed. */
export const groupLimits = { bytes: 8 * 1024 * 1024, milliseconds: 5 };

/** What a write counts for that does not say how large it is. */
export const usualBytes = 1024;
