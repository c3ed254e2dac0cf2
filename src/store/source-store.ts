import type { Source } from '../model/source.ts';

/** Where records come from. */
export interface SourceStore {
  /** @throws {Failure} InvalidName when the account has a live source of that name. */
  create(source: NewSource): Promise<Source>;
  /** Deleted ones included; null when the account never had it. */
  get(accountId: number, id: number): Promise<Source | null>;
  /** Oldest first, deleted ones included. */
  list(accountId: number): Promise<Source[]>;
  /** Whether any account has, or ever had, a source of this id: it cannot be given again. */
  isTaken(id: number): Promise<boolean>;
  /** Changes what is given; null when missing or deleted. */
  update(input: SourceUpdate): Promise<Source | null>;
  /** Marks it deleted, revokes its tokens and discards its waiting batches; null when missing or deleted. */
  delete(accountId: number, id: number): Promise<{ source: Source; discardedBatches: number } | null>;
  /**
   * Maps every live source without a destination to this one. Returns how many.
   * @throws {Failure} InvalidId when the account has no such live destination; as do create and update.
   */
  mapUnmapped(accountId: number, destinationId: number): Promise<number>;
  /** Names of the live sources that are mapped to this destination: the schemas that their tables go into. In order. */
  schemasOf(destinationId: number): Promise<string[]>;
}

export interface NewSource {
  readonly accountId: number;
  readonly id: number | null;
  readonly type: string;
  readonly displayName: string;
  readonly name: string;
  readonly properties: Source['properties'];
  /** Null: mapped to the account's only destination if it has exactly one. */
  readonly destinationId: number | null;
  /** True: without a destination it stays without one. */
  readonly unmapped?: boolean;
  /** When it was paused; by default it is not. */
  readonly pausedAt?: number | null;
}

export interface SourceUpdate {
  readonly accountId: number;
  readonly id: number;
  readonly displayName?: string;
  readonly properties?: Source['properties'];
  readonly destinationId?: number | null;
  readonly pausedAt?: number | null;
}
