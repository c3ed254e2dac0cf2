import { LoadFailure } from '../destinations/session.ts';

export interface RecordsToIsolate<Result> {
  /** Records of the load. */
  readonly count: number;
  /** Why all of them cannot be loaded. */
  readonly failure: LoadFailure;
  /** Where the source's batches are discarded. */
  readonly discardedAt: string;
  /** Why the first so many, without those set aside, cannot be loaded; null: they can. Nothing of them stays. */
  rehearse(upTo: number): Promise<LoadFailure | null>;
  /** Loads all that are not set aside. */
  load(): Promise<Result>;
  /** The destination objects to this record, in its words. Counted from 0. */
  setAside(record: number, failure: LoadFailure): void;
}

/** So many records objected to, and none taken before them, are no matter of records. */
const MOST_AT_ONCE = 20;
/** Rehearsals of a load of one record, and more for each doubling. */
const REHEARSALS = 40;

/** More of its records are objected to than can be found one by one. */
export class TooManyRefused extends Error {
  override readonly name = 'TooManyRefused';
}

/**
 * Finds the records to which a destination objects, each by halving, and loads the others. Each rehearsal holds all that
 * was taken before, so that of two records that do not go together the first stays.
 * @throws {LoadFailure} blocked: it objects to all of them.
 * @throws {TooManyRefused}
 */
export async function isolateRecords<Result>(records: RecordsToIsolate<Result>): Promise<Result> {
  const { count } = records;
  let left = REHEARSALS * (Math.ceil(Math.log2(count + 1)) + 1);
  let refused = 0;

  async function rehearse(upTo: number): Promise<LoadFailure | null> {
    left -= 1;
    if (left < 0) throw new TooManyRefused();
    return await records.rehearse(upTo);
  }

  /** Those before `from` are taken, those before `to` are not, for this reason; when it ends they are, too. */
  async function narrow(from: number, to: number, why: LoadFailure): Promise<void> {
    if (to - from === 1) return refuse(from, why);
    const middle = Math.floor((from + to) / 2);
    const first = await rehearse(middle);
    if (first) await narrow(from, middle, first);
    const second = first === null ? why : await rehearse(to);
    if (second) await narrow(middle, to, second);
  }

  function refuse(record: number, why: LoadFailure): void {
    refused += 1;
    const isEveryRecord = refused === record + 1 && (refused === count || refused >= MOST_AT_ONCE);
    // A single record says nothing about others.
    if (isEveryRecord && count > 1) throw tableRefused('no record', why, records.discardedAt);
    records.setAside(record, why);
  }

  // Once more, whole: two who make the same table at the same time meet such an error too, and it passes.
  const standing = count > 0 ? await rehearse(count) : null;
  if (standing) await narrow(0, count, standing);
  return await records.load();
}

/** The table stops, since its records are not what is wrong. @param taken what the destination takes. */
export const tableRefused = (taken: string, why: LoadFailure, discardedAt: string): LoadFailure =>
  new LoadFailure('blocked', `The destination takes ${taken} of this load. ${why.message}`, {
    remedy: `Alter or drop the constraint or the trigger that the server names, or correct the sender and discard what it sent: ${discardedAt}.`,
    code: why.code,
    cause: why,
  });
