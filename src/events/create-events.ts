import type { Checks } from '../checks/checks.ts';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { AccountEvent } from '../model/event.ts';
import type { Store } from '../store/store.ts';
import type { Events, ResetReason, Told, Watcher } from './events.ts';
import { type Feed, type FeedOptions, openFeed } from './feed.ts';
import { toEvents, toStepEvent } from './to-events.ts';

export interface EventsParts {
  readonly store: Pick<Store, 'events' | 'subscribe'>;
  readonly checks: Pick<Checks, 'onStep'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly options?: Partial<EventsOptions>;
}

export interface EventsOptions extends FeedOptions {
  readonly watchersPerAccount: number;
  readonly watchers: number;
  /** A feed goes on so long without watchers: one that was cut off comes back soon. */
  readonly lingerMilliseconds: number;
  /** What is older is not told again. */
  readonly retoldMilliseconds: number;
}

const defaultEventsOptions: EventsOptions = {
  pollMilliseconds: 1_500,
  lullMilliseconds: 250,
  overlapMilliseconds: 3_000,
  limit: 300,
  remembered: 3_000,
  watchersPerAccount: 20,
  watchers: 500,
  lingerMilliseconds: 60_000,
  retoldMilliseconds: 15 * 60_000,
};

interface Open {
  readonly feed: Feed;
  watchers: number;
  lingering: NodeJS.Timeout | undefined;
}

export function createEvents({ store, checks, clock, log, ...parts }: EventsParts): Events {
  const options = { ...defaultEventsOptions, ...parts.options };
  const feeds = new Map<number, Open>();
  const ended = Promise.withResolvers<void>();
  const hintAll = (): void => {
    for (const { feed } of feeds.values()) feed.hint();
  };
  /** While there are feeds. */
  let unsubscribe: (() => void) | undefined;
  let watchers = 0;

  const subscribe = (): (() => void) => {
    const all = [
      store.subscribe('checks', hintAll),
      store.subscribe('loads', hintAll),
      checks.onStep((step) => feeds.get(step.accountId)?.feed.offer(toStepEvent(step, clock.now()))),
    ];
    return () => {
      for (const each of all) each();
    };
  };

  const open = (accountId: number): Open => {
    const known = feeds.get(accountId);
    if (known) return known;
    unsubscribe ??= subscribe();
    const feed = openFeed({ accountId, store, clock, log, options });
    const opened: Open = { feed, watchers: 0, lingering: undefined };
    feeds.set(accountId, opened);
    return opened;
  };

  const close = async (accountId: number): Promise<void> => {
    const feed = feeds.get(accountId)?.feed;
    feeds.delete(accountId);
    if (feeds.size === 0) {
      unsubscribe?.();
      unsubscribe = undefined;
    }
    await feed?.stop();
  };

  const enter = (accountId: number): Open => {
    if (watchers >= options.watchers) throw tooMany('This server has');
    const opened = open(accountId);
    if (opened.watchers >= options.watchersPerAccount) throw tooMany('The account has');
    clearTimeout(opened.lingering);
    opened.watchers += 1;
    watchers += 1;
    return opened;
  };

  const leave = (accountId: number, opened: Open): void => {
    watchers -= 1;
    opened.watchers -= 1;
    if (opened.watchers > 0) return;
    opened.lingering = setTimeout(() => void close(accountId), options.lingerMilliseconds).unref();
  };

  /** What the watcher missed; a reason where that cannot be told. */
  const missed = async (feed: Feed, lastEventId: string): Promise<readonly AccountEvent[] | ResetReason> => {
    const at = timeOf(lastEventId);
    if (at === null || clock.now() - at > options.retoldMilliseconds) return 'too_old';
    const since = at - options.overlapMilliseconds;
    const lately = await feed.read(since);
    if (lately.more) return 'too_old';
    return toEvents(lately).filter((event) => event.at >= since && event.id !== lastEventId);
  };

  return {
    async watch({ accountId, lastEventId, tell }: Watcher) {
      const opened = enter(accountId);
      const { feed } = opened;
      const retold = new Set<string>();
      let waiting: Told[] | null = [];
      const pass = (told: Told): void => {
        if (told.kind === 'event' && retold.delete(told.event.id)) return;
        tell(told);
      };
      const listener = (told: Told): void => {
        if (waiting) waiting.push(told);
        else pass(told);
      };
      let stopped = false;
      const stop = (): void => {
        if (stopped) return;
        stopped = true;
        feed.listeners.delete(listener);
        leave(accountId, opened);
      };
      try {
        await feed.ready;
        // In one go, so that nothing comes between what was told already and what is told from now on.
        const known = lastEventId === null ? [] : feed.after(lastEventId);
        feed.listeners.add(listener);
        const before = known ?? (await missed(feed, lastEventId ?? ''));
        if (typeof before === 'string') tell({ kind: 'reset', id: feed.position(), reason: before });
        else {
          tell({ kind: 'ready', id: lastEventId ?? feed.position() });
          for (const event of before) {
            if (known === null) retold.add(event.id);
            tell({ kind: 'event', event });
          }
        }
        for (const told of waiting) pass(told);
        waiting = null;
        return { stop, ended: ended.promise };
      } catch (error) {
        stop();
        throw error;
      }
    },

    async [Symbol.asyncDispose]() {
      ended.resolve();
      for (const { lingering } of feeds.values()) clearTimeout(lingering);
      await Promise.all([...feeds.keys()].map(close));
    },
  };
}

const tooMany = (who: string): Failure =>
  new Failure('TooManyRequests', `${who} as many streams of events open as may be at a time.`, {
    remedy: 'Close one that is not needed any more, or share one.',
    data: { retryAfterSeconds: 10 },
  });

/** Ids begin with their time. */
function timeOf(id: string): number | null {
  const [, digits] = /^(\d{12,15})-/.exec(id) ?? [];
  return digits === undefined ? null : Number(digits);
}
