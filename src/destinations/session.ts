import type { LoadResult } from '../model/load-result.ts';
import type { Place } from '../model/place.ts';
import type { BatchFacts, IncomingRecord, Int64, SchemaPlace } from '../shape/shape.ts';

/**
 * How a destination takes rows in. A session is opened for one destination's settings and runs one load after
 * another; several sessions may load different tables of one destination at the same time.
 */
export interface Session extends AsyncDisposable {
  /**
   * Runs a planned load in one transaction of the destination: takes the lane's fence, writes the load's mark, changes
   * tables, merges rows, writes rejections. When the mark of this load already stands, nothing is done and the stored
   * result is returned, so a load may be repeated for as long as its result is not durable in the store.
   *
   * Nothing but staging happens before {@link LoadPlan.turn}; so a second session may stage the next load of a lane
   * while this one merges. The batches may be gone through again, from the first, when somebody altered the table
   * meanwhile.
   *
   * A record that cannot become a row is *returned*; it is thrown only what the destination itself did wrong.
   * @throws {LoadFailure} the destination failed; the transaction left nothing behind, or its outcome is unknown and
   * the same plan has to be repeated.
   */
  load(plan: LoadPlan, batches: AsyncIterable<LoadBatch>, signal: AbortSignal): Promise<LoadResult>;

  /**
   * As load, up to the commit, which is left out: no row of it stays, nor the mark. Changes of tables may, where the
   * destination cannot take them back. For finding the records to which the destination objects
   * ({@link isOfRecords}). Absent: it objects to none that it was given.
   */
  rehearse?(plan: LoadPlan, batches: AsyncIterable<LoadBatch>, signal: AbortSignal): Promise<void>;

  /**
   * Takes the lane's fence, durably, and returns the result of a load if its mark stands. Null: it does not, and since
   * whoever had a lower fence is refused from now on, it never will; the load may be planned anew under other ids.
   * @throws {LoadFailure} it is not known.
   */
  settle(plan: LoadPlan, signal: AbortSignal): Promise<LoadResult | null>;

  /** The marks that stand for a lane; for finding gaps after the destination went back in time. */
  marks(lane: Lane): Promise<readonly string[]>;

  /** Forgets marks whose results are durable in the store. Unknown ones are ignored. */
  dropMarks(lane: Lane, loadIds: readonly string[]): Promise<void>;

  /**
   * Which of these loads and batches the destination remembers: how one sees that it, or the store, went back in time.
   * Absent: it remembers nothing, and is never compared.
   * @throws {LoadFailure} as load.
   */
  recall?(lane: Lane, asked: Asked, signal: AbortSignal): Promise<Recalled>;
}

export interface Asked {
  readonly loadIds: readonly string[];
  readonly batchIds: readonly string[];
}

export interface Recalled {
  readonly place: Place;
  /** Of those asked for, the ones that are committed there. */
  readonly loadIds: readonly string[];
  readonly batchIds: readonly string[];
}

/** A stream of rows that is loaded in order, by one worker at a time. */
export interface Lane {
  /** Schema in the destination: the source's name. */
  readonly schema: string;
  /** `table_name` as the sender wrote it. */
  readonly table: string;
}

export interface LoadPlan {
  readonly loadId: string;
  readonly lane: Lane;
  /** Grows with each owner of the lane; the destination refuses a lower one than it has seen. */
  readonly fence: number;
  /** When the load was planned, in milliseconds since 1970: `_sdc_batched_at`. */
  readonly batchedAt: number;
  /** Kept with the mark, so that they are known again whatever load they are planned into. */
  readonly batchIds?: readonly string[];
  /**
   * The fence that the lane's last load left, 0 before the first. When another one stands, the load writes nothing and
   * fails with the code {@link laneMoved}: the destination or the store went back in time. Null or left out: any will do.
   */
  readonly standingFence?: number | null;
  /**
   * Resolves when the lane's load before this one is known to be committed; left out when there is none under way.
   * When it rejects, this load ends with the same error and leaves nothing; that may be before anybody waits for it.
   */
  readonly turn?: Promise<unknown>;
}

/** An accepted batch, parsed in the thread that encodes it: values never cross threads. */
export interface LoadBatch {
  readonly facts: BatchFacts;
  /** Key columns; empty: the table is append-only. The same in all batches of a load. */
  readonly keyNames: readonly string[];
  /** Columns by which the sender remembers how far it came; none where it is left out. */
  readonly bookmarkNames?: readonly string[];
  /** How the sender's schema types its records. */
  readonly place: SchemaPlace;
  /** In order. May be gone through twice; each time the body is parsed again. */
  readonly messages: Iterable<LoadMessage>;
}

export type LoadMessage =
  | { readonly action: 'upsert'; readonly record: IncomingRecord }
  /** A barrier at its place: rows of lower or no version go, the active version is recorded. */
  | { readonly action: 'activate_version'; readonly version: Int64; readonly position: number }
  /** A record that was found wrong before: it only goes to the rejections, with this reason. */
  | {
      readonly action: 'reject';
      readonly position: number;
      readonly reason: string;
      readonly record: object;
    };

/** Code of the {@link LoadFailure} of a load whose lane has seen a higher fence. */
export const laneFenced = 'fenced';

/** Code of the {@link LoadFailure} of a load before which something was loaded, or lost, that its store knows nothing of. */
export const laneMoved = 'lane_moved';

/**
 * The destination is fine, but objects to some record of the load: SQLSTATE class 22, a value that it cannot hold, or 23,
 * a constraint or a trigger that somebody made. The message is in the destination's words.
 */
export const isOfRecords = ({ code }: LoadFailure): boolean =>
  code !== null && /^2[23][0-9A-Z]{3}$/.test(code);

/** The destination itself failed: nothing is wrong with the records. Batches wait and the load is repeated. */
export class LoadFailure extends Error {
  override readonly name = 'LoadFailure';
  /** `refused`: credentials or privileges. `blocked`: this table stops until somebody acts. `passing`: try again. */
  readonly kind: 'refused' | 'blocked' | 'passing';
  readonly remedy: string;
  /** SQLSTATE or the driver's code, where there is one. */
  readonly code: string | null;

  constructor(
    kind: LoadFailure['kind'],
    message: string,
    options: { remedy: string; code?: string | null; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.remedy = options.remedy;
    this.code = options.code ?? null;
  }
}
