import { createBoundedCache } from '../../../lib/bounded-cache.ts';
import { type Lane, LoadFailure } from '../../session.ts';
import type { Bucket } from '../bucket.ts';
import { emptyLane, type LaneRecord, laneKeyOf, parseLane } from './lane-record.ts';

/** A lane's record, and the state of the bucket that it was read or written in. */
export interface KnownLane {
  readonly record: LaneRecord;
  /** Null: the lane has no record yet. */
  readonly etag: string | null;
  /** Of the record, as text. */
  readonly characters: number;
}

/** The records of a bucket's lanes. */
export interface Lanes {
  /** As remembered; as it stands if it is not. Only to be relied on by replacing it. */
  known(lane: Lane, signal: AbortSignal): Promise<KnownLane>;
  /** As it stands. */
  read(lane: Lane, signal: AbortSignal): Promise<KnownLane>;
  /**
   * Replaces a record, unless somebody else has: then null. It is durable when this resolves; when it rejects, either
   * may be the case. The record may also be replaced by this very call and null be returned, when the answer of a first
   * try was lost: look.
   */
  replace(before: KnownLane, record: LaneRecord, signal: AbortSignal): Promise<KnownLane | null>;
  /** Files of the newest load of this record are known to be visible. */
  isShown(record: LaneRecord): boolean;
  noteShown(record: LaneRecord): void;
}

const rememberedCharacters = 8_000_000;

/**
 * @param conditional the store knows writes under a condition. Where it does not, a record is read once more just
 * before it is replaced, which leaves a moment in which somebody else may replace it.
 */
export function createLanes(bucket: Bucket, conditional: boolean): Lanes {
  const cache = createBoundedCache<string, KnownLane>({
    maxSize: rememberedCharacters,
    sizeOf: ({ characters }) => characters + 500,
  });

  const shown = createBoundedCache<string, true>({ maxSize: 2_000 });

  async function read(lane: Lane, signal: AbortSignal): Promise<KnownLane> {
    const key = laneKeyOf(lane);
    const found = await bucket.read(key, signal);
    const known = found
      ? { record: parsed(key, found.text), etag: found.etag, characters: found.text.length }
      : { record: emptyLane(lane), etag: null, characters: 0 };
    cache.set(key, known);
    return known;
  }

  return {
    read,
    known: async (lane, signal) => cache.get(laneKeyOf(lane)) ?? (await read(lane, signal)),
    async replace({ etag, record: { lane, edition } }, changed, signal) {
      const key = laneKeyOf(lane);
      // No two states look the same, and with them their ETags.
      const record = { ...changed, edition: edition + 1 };
      cache.delete(key);
      if (!conditional && ((await bucket.read(key, signal))?.etag ?? null) !== etag) return null;
      const condition = etag === null ? ('absent' as const) : { etag };
      const text = JSON.stringify(record);
      const written = await bucket.write({ key, text, ...(conditional && { condition }) }, signal);
      if (written === null) return null;
      const known = { record, etag: written.etag, characters: text.length };
      cache.set(key, known);
      return known;
    },
    isShown: ({ committed }) => committed === null || shown.get(committed.loadId) === true,
    noteShown: ({ committed }) => void (committed && shown.set(committed.loadId, true)),
  };
}

function parsed(key: string, text: string): LaneRecord {
  try {
    return parseLane(text);
  } catch (cause) {
    throw new LoadFailure('blocked', `The object ${key} in the bucket is not one that this program wrote.`, {
      remedy: `Run the version of the server that wrote it. Only if it was damaged: delete it; loads that were not finished may then stand twice.`,
      code: 'lane_unreadable',
      cause,
    });
  }
}
