import type { Rejection, SchemaChange } from '../model/load-result.ts';
import type { BatchFormat, NewBatch } from './load-store.ts';

/** What loads could not take, and how they changed tables. */
export interface RejectionStore {
  /** By table, in the order of their names: what is rejected and not retried. */
  summary(accountId: number, sourceId: number): Promise<RejectedTable[]>;
  /** Newest first; those of one batch together, at most a thousand in an entry. Entries are whole. */
  list(accountId: number, sourceId: number, filter: RejectionFilter): Promise<RejectedPart[]>;
  /**
   * Accepts a batch of records that were rejected before, and marks them as retried, in one commit. False: somebody
   * has retried one of these parts meanwhile, nothing was stored.
   * @throws {Failure} as accepting a batch does.
   */
  retry(batch: NewBatch, body: Uint8Array, partIds: readonly number[]): Promise<boolean>;
  /** Newest first. */
  changes(accountId: number, filter: ChangeFilter): Promise<{ changes: ToldChange[]; total: number }>;
}

export interface RejectionFilter {
  /** `table_name` as the sender wrote it. */
  readonly table?: string;
  readonly batchId?: string;
  /** Milliseconds since 1970. */
  readonly since?: number;
  /** Parts with an id below this one. */
  readonly before?: number;
  /** Also those that were retried; left out: only those that were not. */
  readonly retried?: boolean;
  /** Parts, not rejections. */
  readonly limit: number;
}

export interface RejectedTable {
  readonly table: string;
  /** Whole records, and values that were left out of records that were loaded. */
  readonly records: number;
  readonly values: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Most frequent first, at most twenty. */
  readonly reasons: readonly {
    readonly reason: string;
    readonly kind: Rejection['kind'];
    readonly count: number;
  }[];
  /** There are more than were counted: the numbers are of the newest ones. */
  readonly more: boolean;
}

export interface RejectedPart {
  readonly id: number;
  readonly table: string;
  readonly batchId: string;
  readonly format: BatchFormat;
  readonly loadId: string;
  readonly rejectedAt: number;
  readonly retriedAt: number | null;
  readonly rejections: readonly Pick<Rejection, 'position' | 'reason' | 'kind'>[];
}

export interface ChangeFilter {
  readonly sourceId?: number;
  /** `table_name` as the sender wrote it, or the table that was changed. */
  readonly table?: string;
  readonly since?: number;
  readonly offset: number;
  readonly limit: number;
}

export interface ToldChange extends SchemaChange {
  readonly sourceId: number;
  readonly sourceName: string;
  readonly destinationId: number;
  readonly loadId: string;
  readonly changedAt: number;
}
