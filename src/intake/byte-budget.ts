import { Failure } from '../errors/failure.ts';
import type { Reservation } from './intake.ts';

/** Bounds the bytes that are held at one time. */
export interface ByteBudget {
  /** Bytes that are taken. */
  readonly taken: number;
  /**
   * Takes bytes; waits for room where others hold it, those who came first being served first.
   * @throws {Failure} Overloaded when there was none in time, or there never can be.
   */
  reserve(bytes: number): Promise<Reservation>;
}

export interface ByteBudgetOptions {
  readonly bytes: number;
  /** How long one waits for room. */
  readonly waitMilliseconds: number;
}

export function createByteBudget({ bytes: limit, waitMilliseconds }: ByteBudgetOptions): ByteBudget {
  let taken = 0;
  const queue = new Set<{ readonly bytes: number; admit(): void }>();

  function admitWaiting(): void {
    for (const waiting of queue) {
      if (taken + waiting.bytes > limit) return;
      queue.delete(waiting);
      waiting.admit();
    }
  }

  function take(bytes: number): Reservation {
    taken += bytes;
    let mine = bytes;
    const set = (wanted: number) => {
      taken += wanted - mine;
      mine = wanted;
      admitWaiting();
    };
    return {
      resize(wanted) {
        if (taken - mine + wanted > limit && wanted > mine) return false;
        set(wanted);
        return true;
      },
      [Symbol.dispose]: () => set(0),
    };
  }

  return {
    get taken() {
      return taken;
    },
    async reserve(bytes) {
      if (bytes > limit)
        throw noRoom(`A body of ${bytes} bytes does not fit into the ${limit} set aside for bodies`);
      if (queue.size === 0 && taken + bytes <= limit) return take(bytes);
      const { promise, resolve, reject } = Promise.withResolvers<Reservation>();
      const waiting = {
        bytes,
        admit() {
          clearTimeout(timer);
          resolve(take(bytes));
        },
      };
      const timer = setTimeout(() => {
        queue.delete(waiting);
        // One that needs less may stand behind the one that gave up.
        admitWaiting();
        reject(noRoom('The server is busy with other requests'));
      }, waitMilliseconds);
      queue.add(waiting);
      return await promise;
    },
  };
}

const noRoom = (what: string): Failure =>
  new Failure('Overloaded', what, {
    remedy: 'Send the request again later, or fewer requests at the same time.',
    data: { retryAfterSeconds: 2 },
  });
