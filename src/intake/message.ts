import type { ExactJsonObject } from '../lib/exact-json.ts';
import type { ExactNumber } from '../lib/exact-number.ts';

/** A sequence or version: an integer in the range of int64. */
export type Integer = number | ExactNumber;

/** A message of a body that was accepted. */
export type Message = UpsertMessage | ActivateMessage;

export interface UpsertMessage {
  readonly action: 'upsert';
  /** 0-based place in its body. */
  readonly position: number;
  readonly sequence: Integer;
  readonly data: ExactJsonObject;
  /** `time_extracted` as it came. */
  readonly extractedAt: string | null;
}

/** `activate_version`, and `switch_view`, which is another name for it. */
export interface ActivateMessage {
  readonly action: 'activate';
  readonly position: number;
  readonly sequence: Integer;
}

/** A record that breaks the rules for its own sake, in a body of a source that rejects such records one by one. */
export interface RejectedRecord {
  readonly position: number;
  /** What the answer would have said, had the body been refused. */
  readonly reason: string;
  /** The message as it came. */
  readonly message: ExactJsonObject;
}

/** What to do with such a record: refuse its whole body (the contract), or only the record. */
export type OnInvalid = 'refuse' | 'reject';
