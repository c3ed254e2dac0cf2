import type { Activity } from '../model/activity.ts';
import type { Destination } from '../model/destination.ts';
import type { LoadResult, TableResult } from '../model/load-result.ts';
import type { Place } from '../model/place.ts';
import type { LoadGap, Source, StreamError, StreamState } from '../model/source.ts';
import type { Discard, DiscardedBatch } from './discard.ts';
import type { PackedBody } from './packed-body.ts';
import type { HostKey, SealedSecrets } from './store.ts';

/** The part of the store that records go through: accepted batches, and the loads that carry them away. */

export type BatchFormat = 'batch' | 'push' | 'push_transit';

export interface BatchStore {
  /**
   * Accepts a batch: its row and its payload in one commit, durable when resolved. Wakes the loader.
   * @throws {Failure} Overloaded when a backlog budget or the disk is used up; InvalidId when the account has no such
   * live source. A paused source is the caller's business.
   */
  append(batch: NewBatch, body: Uint8Array): Promise<AcceptedBatch>;
  /**
   * Accepts all batches that one body brought, as {@link append}, in one commit. They are of one source; idempotency
   * and budget of the first hold for all of them. Bodies may be packed already, by whoever has a thread for it.
   */
  appendAll(
    batches: readonly { readonly batch: NewBatch; readonly body: Uint8Array | PackedBody }[],
  ): Promise<AcceptedBatch>;
  /** Newest first; of one source, optionally of one table or state. Those whose payload was dropped are not listed. */
  list(
    accountId: number,
    sourceId: number,
    filter: { table?: string; state?: BatchState['state']; limit: number },
  ): Promise<BatchState[]>;
  /** Discards a batch that is blocked or quarantined, so that others of its table can be loaded. */
  discard(accountId: number, sourceId: number, batchId: string): Promise<Discard>;
  /**
   * Batches that are not loaded and their raw bytes, over all accounts, one entry for each state but `loaded`. `ready`
   * and `loading` get loaded without anybody's doing; `blocked` waits for somebody (paused, unmapped, refused …).
   */
  backlog(): Promise<{ state: BatchState['state']; batches: number; bytes: number }[]>;
}

export interface NewBatch {
  /** Random 128 bits in hex: a restored backup must not meet its own old ids. */
  readonly id: string;
  readonly accountId: number;
  readonly sourceId: number;
  readonly table: string;
  readonly format: BatchFormat;
  readonly records: number;
  /** How many of them were found to break the rules; left out: not known. */
  readonly rejected?: number;
  /** Hash of the Idempotency-Key with the hash of the body, or null. */
  readonly idempotency: { readonly keyHash: string; readonly bodyHash: string } | null;
  /**
   * Batches go into one load only while this is the same: for what all batches of a load must share, such as their key
   * names. Empty where it is left out.
   */
  readonly loadGroup?: string;
  /** Most raw bytes that may wait, this batch included; unlimited where it is left out. */
  readonly budget?: { readonly accountBytes: number; readonly totalBytes: number };
}

/** `replayed`: the same key came with the same body before, nothing was stored; `other_body`: with another body. */
export type AcceptedBatch = 'accepted' | 'replayed' | 'other_body';

export interface BatchState {
  readonly id: string;
  readonly table: string;
  readonly state: 'ready' | 'loading' | 'blocked' | 'quarantined' | 'loaded';
  readonly records: number;
  readonly rawBytes: number;
  readonly receivedAt: number;
  /** What is wrong with it, or with its table while it waits. */
  readonly lastError: BatchError | null;
  /** Why it is blocked though nothing went wrong: somebody has to act first. */
  readonly waitsFor: WaitReason | null;
  /** When its table is tried again, while it waits after a failure. */
  readonly retryAt: number | null;
  /** The load that it went into, or that it is planned for. */
  readonly load: BatchLoad | null;
}

/** Of a quarantined batch only the message is known. */
export type BatchError = Pick<StreamError, 'message'> & Partial<StreamError>;

export type WaitReason =
  | 'account_suspended'
  | 'source_paused'
  | 'unmapped'
  | 'destination_deleted'
  | 'destination_refuses';

/** Counts are of the whole load, which may hold other batches; null while it is not completed. */
export interface BatchLoad {
  readonly id: string;
  readonly completedAt: number | null;
  readonly rowsLoaded: number | null;
  readonly rowsRejected: number | null;
  readonly droppedAsOlder: number | null;
  readonly tables: readonly TableResult[];
}

export interface LoadStore {
  /**
   * Leases lanes that have something to load and plans a load for each: whole batches of one (source, table), oldest
   * first, up to the limits, bound to the destination's current revision. A load that was planned before and has no
   * result is returned again exactly as it was planned, under a higher fence. Lanes of paused, unmapped or resting
   * sources are left out; accounts take turns.
   */
  plan(input: PlanInput): Promise<PlannedLoad[]>;
  /** Keeps the lease. False: it was lost, stop. */
  heartbeat(input: { loadId: string; fence: number; leaseMilliseconds: number }): Promise<boolean>;
  /** The load's result is durable here; its batches are loaded. False: the lease was lost, nothing was stored. */
  complete(input: CompletedLoad): Promise<boolean>;
  /**
   * Plans the load that comes after one that is held, so that its rows can be staged while that one merges. It is not
   * leased: until {@link completeAndGoOn} has said `gone_on`, nothing of it may be seen in the destination, and whoever
   * takes the lane after a crash gets it like any planned load. Null: there is too little for it, its lane rests or leads
   * elsewhere by now, one of the two was crashed at before, or the lease was lost.
   */
  planNext(input: NextLoad): Promise<PlannedLoad | null>;
  /**
   * As {@link complete}, and in the same commit its owner goes on with the load that {@link planNext} gave: that one is
   * leased now, under the fence it was given. `completed`: it is not, because its lane rests or leads elsewhere by now;
   * it stays planned, and is handed out in its turn. `lost`: nothing was stored.
   */
  completeAndGoOn(input: Succession): Promise<Completion>;
  /** The destination failed: batches wait until `retryAt`; the lane's error is shown. False as above. */
  fail(input: {
    loadId: string;
    fence: number;
    error: StreamError;
    blocked: boolean;
    retryAt: number;
    /**
     * The destination has seen a higher fence than this lane was ever given here: this store went back in time. The next
     * fence is far above, so that the lane is not refused for good.
     */
    fencedOff?: boolean;
  }): Promise<boolean>;
  /** Gives the lease back without a result (graceful stop). */
  release(input: { loadId: string; fence: number }): Promise<void>;
  /**
   * For a load with as many crashes as {@link crashesBeforeSuspicion}: from now on another one counts, or does not. When
   * it is handed out it does not. For other loads it always counts.
   */
  blame(input: { loadId: string; fence: number; isToBlame: boolean }): Promise<void>;
  /** Sets damaged batches aside, never to be loaded, and takes the plan apart. */
  quarantine(input: {
    loadId: string;
    fence: number;
    batchIds: readonly string[];
    error: string;
  }): Promise<void>;
  /**
   * Re-cuts a load that may be poisoned into so many loads, or one for each batch if it has fewer. `cut`: they stand in
   * its place, the lease is given back. `suspect`: it has a single batch, which is marked; load it now. `lost`: nothing
   * was done. Only for a load whose mark is known not to stand in the destination: it will not be repeated as it was.
   */
  split(input: SplitInput): Promise<Recut>;
  /**
   * Discards the batches of a load that somebody does not want, and takes the plan apart; the others are planned anew.
   * Only for a load whose mark is known not to stand in the destination. None when the lease was lost.
   */
  discardAsked(input: { loadId: string; fence: number }): Promise<DiscardedBatch[]>;
  /** One entry for each table with a load in the past 60 days, by table name. */
  streams(accountId: number): Promise<StreamState[]>;
  /** How loading went since a time, in steps of time, and how it stands. */
  activity(accountId: number, filter: ActivityFilter): Promise<Activity>;
  /** Completed loads of a lane, newest first: what a destination must remember unless it went back in time. */
  completed(lane: LaneName, limit: number): Promise<PastLoad[]>;
  /**
   * Plans a completed load once more, exactly as it was, before everything else of its lane. False: some of its payload
   * was dropped, its source was deleted, or it is not completed. Only for a load that is known to be missing in the destination.
   */
  repeat(loadId: string): Promise<boolean>;
  /**
   * Loads are missing in the destination though they were completed: those whose payload is still here are planned once
   * more, exactly as they were, before everything else of their lane; the others are a gap, which the lane shows. When
   * some are, the load that is held is given back. Null: the lease was lost, nothing was done.
   */
  repeatMissing(input: MissingLoads): Promise<Repeated | null>;
  /**
   * Drops payloads that need not be kept, in one bounded step: those of discarded batches, those loaded or quarantined
   * before `olderThan`, and the oldest while all of them take more than `maxBytes` on the disk. Call again while there
   * is `more`. A batch is forgotten with its payload.
   */
  retain(input: Retention): Promise<Retained>;
  /**
   * Ends the waiting of a destination's lanes. New settings and successful checks do so by themselves, in their own
   * commit.
   */
  wake(destinationId: number): Promise<void>;
}

export interface ActivityFilter {
  /** In milliseconds since 1970. Loads are known for as long as they are retained. */
  readonly since: number;
  readonly stepMilliseconds: number;
  readonly sourceId?: number;
  /** As the sender wrote it. */
  readonly table?: string;
}

export interface PlanInput {
  readonly owner: string;
  readonly limit: number;
  readonly leaseMilliseconds: number;
  /** Most raw bytes and batches of one load. */
  readonly maxBytes: number;
  readonly maxBatches: number;
  /** Lanes of one account that may be under way at the same time, over all owners; `limit` where it is left out. */
  readonly lanesPerAccount?: number;
  /** The same of one destination. */
  readonly lanesPerDestination?: number;
  /**
   * A lane waits so long after its oldest batch came, or until it has so many raw bytes, so that small batches are
   * loaded together. It does not wait where this is left out.
   */
  readonly join?: { readonly milliseconds: number; readonly bytes: number };
}

/**
 * So often whoever carried a load was gone before it could say how it went: then the load itself is under suspicion.
 * Once may be a machine that was switched off.
 */
export const crashesBeforeSuspicion = 2;

export interface SplitInput {
  readonly loadId: string;
  readonly fence: number;
  /** 2 or more. */
  readonly parts: number;
  /** What the parts have for `crashes`. */
  readonly crashes: number;
  /** Marks all batches as suspect. A single one always is. */
  readonly mark: boolean;
}

export type Recut = 'cut' | 'suspect' | 'lost';

export interface NextLoad {
  /** The load that is held. */
  readonly loadId: string;
  readonly fence: number;
  readonly maxBytes: number;
  readonly maxBatches: number;
  /** Raw bytes that the next load must have to be worth it. */
  readonly minBytes: number;
  /** Not while a lane that could be loaded is not: its turn comes first. */
  readonly unlessOthersWait: boolean;
}

export interface Succession {
  readonly done: CompletedLoad;
  readonly next: { readonly loadId: string; readonly fence: number };
  readonly leaseMilliseconds: number;
}

export type Completion = 'gone_on' | 'completed' | 'lost';

export interface Retention {
  /** In milliseconds since 1970. */
  readonly olderThan: number;
  /** Compressed. */
  readonly maxBytes: number;
}

export interface Retained {
  readonly droppedBatches: number;
  /** Compressed. */
  readonly droppedBytes: number;
  readonly more: boolean;
}

export interface LaneName {
  readonly sourceId: number;
  readonly table: string;
}

export interface MissingLoads {
  /** The load of that lane that the caller holds. */
  readonly loadId: string;
  readonly fence: number;
  /** Oldest first. */
  readonly missing: readonly string[];
}

export interface Repeated {
  /** Planned once more. */
  readonly loads: number;
  /** What cannot be; null: nothing. */
  readonly gap: LoadGap | null;
}

export interface PlannedLoad {
  readonly loadId: string;
  readonly accountId: number;
  readonly source: Source;
  readonly destination: Destination;
  readonly sealed: SealedSecrets;
  readonly hostKeys: readonly HostKey[];
  readonly table: string;
  readonly fence: number;
  readonly batchedAt: number;
  /** The fence that the lane's last load left in the destination, 0 before the first; null: not known. */
  readonly standingFence: number | null;
  /** In the order in which they were accepted. */
  readonly batches: readonly PlannedBatch[];
  /** Times this load was planned or taken over before; the backoff grows with it. */
  readonly attempt: number;
  /** Times of them that its owner was gone before it said how it went; parts of a split load inherit it. */
  readonly crashes: number;
}

export interface PlannedBatch {
  readonly id: string;
  readonly format: BatchFormat;
  readonly records: number;
  /** When it was accepted, no record was found to break the rules. False: some were, or it is not known. */
  readonly isValid: boolean;
  readonly receivedAt: number;
  readonly rawBytes: number;
  /** It was marked by {@link LoadStore.split} before it was loaded again, and whoever did so gave no result. */
  readonly suspect: boolean;
  /** It is to be discarded, if it does not stand in the destination. */
  readonly isUnwanted: boolean;
}

export interface PastLoad {
  readonly loadId: string;
  readonly destinationId: number;
  readonly batchedAt: number;
  readonly completedAt: number;
  readonly rowsLoaded: number;
  /** All of its payload is still there, so that it can be repeated. */
  readonly retained: boolean;
  /** Where its rows went; null: not known. */
  readonly place: Place | null;
  /** It is known to be missing there, and is part of a gap. */
  readonly missing: boolean;
}

export interface CompletedLoad {
  readonly loadId: string;
  readonly fence: number;
  readonly rowsLoaded: number;
  readonly rowsRejected: number;
  readonly droppedAsOlder: number;
  /** Where its rows went; left out where that is not known. */
  readonly place?: Place;
  /** What people want to know of it; left out where nobody asks. */
  readonly result?: LoadResult;
}
