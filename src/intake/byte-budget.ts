import { Failure } from '../errors/failure.ts';
import { createTurns } from '../lib/turns.ts';
import type { Reservation } from './intake.ts';

/** Bounds the bytes that are held at one time. */
export interface ByteBudget {
  /** Bytes that are taken. */
  readonly taken: number;
  /**
   * Takes bytes for an account; waits where others hold them. Accounts are served in turn, each its requests in their
   * order; one that holds its share waits for itself only.
   * @throws {Failure} Overloaded when there was no room in time, or there never can be.
   */
  reserve(bytes: number, accountId: number): Promise<Reservation>;
}

export interface ByteBudgetOptions {
  readonly bytes: number;
  /** What one account may hold of them. */
  readonly accountBytes: number;
  /** How long one waits for room. */
  readonly waitMilliseconds: number;
  /** How many bytes of a body have to come each second, once others wait for its room. */
  readonly paceBytes: number;
  /** What it may take before that is asked of it. */
  readonly graceMilliseconds: number;
}

interface Held {
  readonly accountId: number;
  /** On the scale of `performance.now()`. */
  readonly since: number;
  readonly stopping: AbortController;
  bytes: number;
  /** Of its body; null once all of it is there. */
  arrived: number | null;
}

interface Waiting {
  readonly accountId: number;
  readonly bytes: number;
  admit(): void;
}

export function createByteBudget(options: ByteBudgetOptions): ByteBudget {
  const { bytes: limit, accountBytes: share, waitMilliseconds, paceBytes, graceMilliseconds } = options;
  const held = new Set<Held>();
  const heldBy = new Map<number, number>();
  const queue = createTurns<Waiting>();
  let taken = 0;
  let watching: NodeJS.Timeout | undefined;

  const fitsShare = ({ accountId, bytes }: Pick<Waiting, 'accountId' | 'bytes'>): boolean =>
    (heldBy.get(accountId) ?? 0) + bytes <= share;

  const change = (mine: Held, bytes: number): void => {
    const more = bytes - mine.bytes;
    const ofAccount = (heldBy.get(mine.accountId) ?? 0) + more;
    taken += more;
    if (ofAccount > 0) heldBy.set(mine.accountId, ofAccount);
    else heldBy.delete(mine.accountId);
    mine.bytes = bytes;
    if (more < 0) admitWaiting();
  };

  function admitWaiting(): void {
    // Who is first is not passed by smaller ones, or a large body would wait for ever.
    for (let turn = queue.next(fitsShare); turn; turn = queue.next(fitsShare)) {
      if (taken + turn.item.bytes > limit) break;
      queue.remove(turn.key, turn.item);
      turn.item.admit();
    }
    if (queue.size > 0) return;
    clearInterval(watching);
    watching = undefined;
  }

  /** A body that comes too slowly gives up its room to those whom it keeps waiting, the largest first. */
  function stopLaggards(): void {
    const now = performance.now();
    const anybodyHelps = queue.next(fitsShare) !== undefined;
    const helps = ({ accountId }: Held): boolean =>
      anybodyHelps || queue.next((waiting) => waiting.accountId === accountId) !== undefined;
    const isLate = ({ arrived, since }: Held): boolean => {
      const milliseconds = now - since - graceMilliseconds;
      return arrived !== null && milliseconds > 0 && arrived * 1000 < milliseconds * paceBytes;
    };
    const late = [...held].filter((one) => !one.stopping.signal.aborted && isLate(one) && helps(one));
    const [largest] = late.toSorted((one, other) => other.bytes - one.bytes);
    largest?.stopping.abort(noRoom('The body came too slowly while other requests waited'));
  }

  function take({ accountId, bytes }: Pick<Waiting, 'accountId' | 'bytes'>): Reservation {
    const since = performance.now();
    const mine: Held = { accountId, since, stopping: new AbortController(), bytes: 0, arrived: 0 };
    held.add(mine);
    change(mine, bytes);
    return {
      signal: mine.stopping.signal,
      resize(wanted) {
        const more = { accountId, bytes: wanted - mine.bytes };
        if (more.bytes > 0 && (taken + more.bytes > limit || !fitsShare(more))) return false;
        change(mine, wanted);
        return true;
      },
      arrived(sum) {
        mine.arrived = sum;
      },
      complete() {
        mine.arrived = null;
      },
      [Symbol.dispose]() {
        held.delete(mine);
        change(mine, 0);
      },
    };
  }

  return {
    get taken() {
      return taken;
    },
    async reserve(bytes, accountId) {
      const most = Math.min(limit, share);
      if (bytes > most)
        throw noRoom(`A body of ${bytes} bytes does not fit into the ${most} set aside for bodies`);
      const wanted = { accountId, bytes };
      const isFirst = !queue.next((other) => other.accountId === accountId || fitsShare(other));
      if (isFirst && taken + bytes <= limit && fitsShare(wanted)) return take(wanted);
      const { promise, resolve, reject } = Promise.withResolvers<Reservation>();
      const waiting: Waiting = {
        ...wanted,
        admit() {
          clearTimeout(timer);
          resolve(take(wanted));
        },
      };
      const timer = setTimeout(() => {
        queue.remove(accountId, waiting);
        // One that needs less may stand behind the one that gave up.
        admitWaiting();
        reject(noRoom('The server is busy with other requests'));
      }, waitMilliseconds);
      queue.add(accountId, waiting);
      watching ??= setInterval(stopLaggards, watchMilliseconds).unref();
      return await promise;
    },
  };
}
const watchMilliseconds = 100;

const noRoom = (what: string): Failure =>
  new Failure('Overloaded', what, {
    remedy: 'Send the request again later, or fewer requests at the same time.',
    data: { retryAfterSeconds: 2 },
  });
