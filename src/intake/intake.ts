import type { Source } from '../model/source.ts';
import type { BatchFormat } from '../store/load-store.ts';
import type { OnInvalid } from './message.ts';

/**
 * Takes records in. Whoever reads a request's body reserves its bytes first, so that the memory of all bodies together
 * is bounded; what is accepted is durable.
 */
export interface Intake extends AsyncDisposable {
  /**
   * Takes room for a body before its bytes are read from the socket: those of `Content-Length`, or a first guess where
   * a body is compressed or of unknown length. Waits a moment for room, accounts taking turns; no account can hold all
   * of it.
   * @throws {Failure} Overloaded when there is none: nothing was read, the sender may try again later.
   */
  reserve(bytes: number, accountId: number): Promise<Reservation>;
  /**
   * Reads, checks and stores a body. All tables of a push are stored in one commit. Resolves when it is durable.
   * May be repeated: without an idempotency key a repetition is stored again, which keyed tables do not show.
   * @throws {BatchRefusal | PushRefusal} the body breaks the contract; nothing of it was stored.
   * @throws {Failure} Overloaded when a budget, the backlog or the disk is used up; StoreUnavailable.
   */
  accept(submission: Submission): Promise<Acceptance>;
  /** Says what {@link accept} would refuse; stores nothing. For `POST /v2/import/validate`. @throws as accept. */
  validate(submission: Omit<Submission, 'idempotencyKey'>): Promise<void>;
  /** Bytes of bodies in flight, after inflation. */
  readonly bytesInFlight: number;
}

/** Room for one body. Released when it was answered, whatever the answer. */
export interface Reservation extends Disposable {
  /** Changes it to so many bytes, at once. False: there is no room for more, the body has to be refused. */
  resize(bytes: number): boolean;
  /** Tells how many bytes of the body have come so far: one that comes slowly may lose its room to others. */
  arrived(bytes: number): void;
  /** Tells that all of the body is there. */
  complete(): void;
  /** Aborted, with a Failure (Overloaded) as its reason, when the room has to be given up. */
  readonly signal: AbortSignal;
}

export interface Submission {
  /** Neither paused nor deleted; the caller has looked. */
  readonly source: Source;
  readonly format: BatchFormat;
  /** After inflation; at most `maxBodyBytes`. It is given away: the caller uses it no more. */
  readonly body: Uint8Array;
  /** The only client that push records may name: the account of the token. */
  readonly clientId: number;
  readonly idempotencyKey: string | null;
  /** What the request asks for; otherwise it is as the source says. */
  readonly onInvalid?: OnInvalid | null;
}

export interface Acceptance {
  /** As `AcceptedBatch` of the store. */
  readonly outcome: 'accepted' | 'replayed' | 'other_body';
  /** What was stored, by table; empty unless accepted. */
  readonly batches: readonly {
    /** Of the batch that holds it, which small bodies share. */
    readonly id: string;
    readonly table: string;
    readonly records: number;
    /** Of these records, those that were set aside because they break the contract. */
    readonly rejected: number;
  }[];
}
