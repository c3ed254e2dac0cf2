import { setTimeout as pause } from 'node:timers/promises';
import { createBell } from '../lib/bell.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { AccountEvent } from '../model/event.ts';
import type { Lately } from '../store/event-store.ts';
import type { Store } from '../store/store.ts';
import type { ResetReason, Told } from './events.ts';
import { keyOf, toEvents } from './to-events.ts';

/** What happens in one account, for all who watch it in this process. */
export interface Feed {
  /** Something may have happened. */
  hint(): void;
  /** Something has. What was told before is not told again. */
  offer(event: AccountEvent): void;
  /** What came after that event; null: not known here. */
  after(id: string): readonly AccountEvent[] | null;
  /** Reads what happened since then, without telling it. */
  read(since: number): Promise<Lately>;
  readonly listeners: Set<(told: Told) => void>;
  /** Resolves when the first look was taken: from then on everything is told. */
  readonly ready: Promise<void>;
  /** An id up to which everything was told. */
  position(): string;
  stop(): Promise<void>;
}

export interface FeedOptions {
  /** How often to look when nothing hints at news. */
  readonly pollMilliseconds: number;
  /** Not more often than this. */
  readonly lullMilliseconds: number;
  /** A commit may become visible so long after its time. */
  readonly overlapMilliseconds: number;
  /** Of each kind, at one look. */
  readonly limit: number;
  /** Events that are remembered. */
  readonly remembered: number;
}

export interface FeedParts {
  readonly accountId: number;
  readonly store: Pick<Store, 'events'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: FeedOptions;
}

export function openFeed({ accountId, store, clock, log, options }: FeedParts): Feed {
  const bell = createBell();
  const listeners = new Set<(told: Told) => void>();
  /** By key, in the order in which they were told. */
  const told = new Map<string, AccountEvent>();
  const ready = Promise.withResolvers<void>();
  const stopping = new AbortController();
  /** Of what was found in the store: its clock may be another one than ours. */
  let newest = clock.now() - firstLookMilliseconds;
  let lastReset = Number.NEGATIVE_INFINITY;

  const remember = (event: AccountEvent): boolean => {
    const key = keyOf(event);
    if (told.has(key)) return false;
    told.set(key, event);
    const [oldest] = told.size > options.remembered ? told.keys() : [];
    if (oldest !== undefined) told.delete(oldest);
    return true;
  };

  const tell = (each: Told): void => {
    for (const listener of listeners) listener(each);
  };

  const position = (): string => [...told.values()].at(-1)?.id ?? `${clock.now()}-start`;

  const reset = (reason: ResetReason): void => {
    const now = clock.monotonic();
    if (now - lastReset < resetMilliseconds) return;
    lastReset = now;
    tell({ kind: 'reset', id: position(), reason });
  };

  const read = (since: number): Promise<Lately> =>
    store.events.lately({ accountId, since, limit: options.limit });

  async function look(isFirst: boolean): Promise<void> {
    const lately = await read(newest - options.overlapMilliseconds);
    const events = toEvents(lately).filter(remember);
    for (const { type, at } of events) if (type !== 'check.step') newest = Math.max(newest, at);
    if (isFirst) return;
    if (lately.more) reset('too_many');
    for (const event of events) tell({ kind: 'event', event });
  }

  async function lookUntilStopped(): Promise<void> {
    let isFirst = true;
    while (!stopping.signal.aborted) {
      try {
        await look(isFirst);
        isFirst = false;
        ready.resolve();
      } catch (error) {
        log.warn({ accountId, err: error }, 'what happened in an account could not be read; trying again');
      }
      await bell.wait(options.pollMilliseconds);
      await pause(options.lullMilliseconds, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const looking = lookUntilStopped();
  return {
    hint: bell.ring,
    offer(event) {
      if (remember(event)) tell({ kind: 'event', event });
    },
    after(id) {
      const all = [...told.values()];
      const at = all.findIndex((event) => event.id === id);
      return at < 0 ? null : all.slice(at + 1);
    },
    read,
    listeners,
    ready: ready.promise,
    position,
    async stop() {
      stopping.abort();
      bell.ring();
      ready.resolve();
      await looking;
    },
  };
}

/** Who is told that events are missing needs a while to read everything anew. */
const resetMilliseconds = 10_000;

/** The first look remembers what has just happened, so that it is not told as new. */
const firstLookMilliseconds = 30_000;
