import type { Replay } from '../model/replay.ts';

/** Loading once more what is kept of a source. */
export interface ReplayStore {
  /**
   * Plans retained batches of a source into a destination of the account, as new batches with the payload of the old
   * ones, which is kept until they are loaded. They go in lanes of their own, in the order in which they came.
   * @throws {Failure} InvalidId when the account has no such live source or destination.
   */
  start(input: NewReplay): Promise<ReplayStart>;
  /** Newest first; those that ended as well. */
  list(accountId: number, sourceId: number): Promise<Replay[]>;
  /** Gives up what has not been loaded; false: the source has no such replay that goes on. */
  cancel(accountId: number, sourceId: number, id: number): Promise<boolean>;
}

export interface NewReplay {
  readonly accountId: number;
  readonly sourceId: number;
  readonly destinationId: number;
  /** `table_name`s as the sender wrote them; null: all. */
  readonly tables: readonly string[] | null;
  /** In milliseconds since 1970; null: from the beginning. */
  readonly since: number | null;
  /** The destination only appends, whatever keys there are. */
  readonly appendOnly: boolean;
  /** Rows of append-only tables may come to stand twice. */
  readonly force: boolean;
}

export type ReplayStart =
  | { readonly outcome: 'started'; readonly id: number }
  /** The source has never had tables of these names. */
  | { readonly outcome: 'unknown_tables'; readonly tables: readonly string[] }
  | { readonly outcome: 'nothing_retained' }
  /** Append-only tables of which the destination holds batches already. */
  | { readonly outcome: 'held'; readonly tables: readonly string[] }
  | { readonly outcome: 'paused' }
  /** Another replay of the source into this destination goes on. */
  | { readonly outcome: 'under_way'; readonly id: number };
