import type { Log } from '../lib/log.ts';
import type { Destination } from '../model/destination.ts';
import type { LoadTarget } from './open-load-session.ts';
import type { Runner } from './runner.ts';

/**
 * Sessions that stay open between loads. One serves one load at a time, and only the revision of the settings that it
 * was opened with: an update takes effect at once.
 */
export interface Sessions extends AsyncDisposable {
  /**
   * Lends a session for one load, opening one if none is idle.
   * @param signal ends the opening.
   * @throws {LoadFailure} as opening does.
   */
  lend(target: LoadTarget, signal: AbortSignal): Promise<LentSession>;
  /** Closes idle sessions of a destination that has become unreachable. */
  drop(destinationId: number): void;
}

export interface LentSession {
  readonly session: Runner;
  /** It was open before this load: if it fails at once, it may have died of old age. */
  readonly isReused: boolean;
  /** Gives it back. `fit`: nothing went wrong with it; otherwise it is closed. */
  giveBack(fit: boolean): Promise<void>;
}

export interface SessionsParts {
  readonly log: Log;
  /** @param signal ends the session. */
  open(target: LoadTarget, signal: AbortSignal): Promise<Runner>;
  readonly idleMilliseconds: number;
}

interface Held {
  readonly session: Runner;
  readonly end: AbortController;
  readonly revision: number;
}

interface Idle extends Held {
  readonly expiry: NodeJS.Timeout;
}

export function createSessions({ log, open, idleMilliseconds }: SessionsParts): Sessions {
  const idle = new Map<number, Set<Idle>>();
  const newest = new Map<number, number>();
  const closing = new Set<Promise<void>>();
  let closed = false;

  function close({ session, end }: Held): Promise<void> {
    const done = closeQuietly(session).finally(() => {
      end.abort();
      closing.delete(done);
    });
    closing.add(done);
    return done;
  }

  async function closeQuietly(session: Runner): Promise<void> {
    try {
      await session[Symbol.asyncDispose]();
    } catch (error) {
      log.debug({ err: error }, 'a session could not be closed in good order');
    }
  }

  function remove(destinationId: number, entry: Idle): boolean {
    clearTimeout(entry.expiry);
    const entries = idle.get(destinationId);
    const stood = entries?.delete(entry) ?? false;
    if (entries?.size === 0) idle.delete(destinationId);
    return stood;
  }

  function closeIdle(destinationId: number, isMeant: (entry: Idle) => boolean): void {
    for (const entry of [...(idle.get(destinationId) ?? [])])
      if (isMeant(entry) && remove(destinationId, entry)) void close(entry);
  }

  function keep({ id }: Destination, held: Held): void {
    const expiry = setTimeout(() => {
      if (remove(id, entry)) void close(entry);
    }, idleMilliseconds);
    const entry: Idle = { ...held, expiry };
    idle.set(id, (idle.get(id) ?? new Set<Idle>()).add(entry));
  }

  function lent(destination: Destination, held: Held, isReused: boolean): LentSession {
    return {
      session: held.session,
      isReused,
      async giveBack(fit) {
        const isCurrent = newest.get(destination.id) === held.revision;
        if (fit && isCurrent && !closed && !held.end.signal.aborted) keep(destination, held);
        else await close(held);
      },
    };
  }

  return {
    async lend(target, signal) {
      const { destination } = target;
      const { id, revision } = destination;
      if (revision > (newest.get(id) ?? 0)) {
        newest.set(id, revision);
        closeIdle(id, (entry) => entry.revision < revision);
      }
      const [entry] = [...(idle.get(id) ?? [])].filter((found) => found.revision === revision).slice(-1);
      if (entry && remove(id, entry)) return lent(destination, entry, true);
      const end = new AbortController();
      const giveUp = () => end.abort(signal.reason);
      signal.throwIfAborted();
      signal.addEventListener('abort', giveUp, { once: true });
      const session = await open(target, end.signal).finally(() => {
        signal.removeEventListener('abort', giveUp);
      });
      return lent(destination, { session, end, revision }, false);
    },
    drop: (destinationId) => closeIdle(destinationId, () => true),
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const destinationId of [...idle.keys()]) closeIdle(destinationId, () => true);
      await Promise.all(closing);
    },
  };
}
