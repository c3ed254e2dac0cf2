import pg from 'pg';
import type { Log } from '../../lib/log.ts';
import { type Topic, topics } from '../operation.ts';
import { connectionConfig } from './connection.ts';

/** A connection that hears what other processes on the same store tell. */
export interface Notifications extends AsyncDisposable {
  /** Connects, if that has not been done yet; comes back by itself after it was cut off. */
  start(): void;
}

export interface NotificationsOptions {
  readonly url: string;
  /** This process; what it tells itself is not passed on. */
  readonly self: string;
  readonly onTopics: (topics: readonly Topic[]) => void;
  readonly log?: Log;
}

/** Channel on which a topic is told; the payload is who tells it. */
export const channelOf = (topic: Topic): string => `backstitch_${topic}`;

const pauses = { first: 100, longest: 5_000 };

export function createNotifications({ url, self, onTopics, log }: NotificationsOptions): Notifications {
  let state: 'idle' | 'started' | 'closed' = 'idle';
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pause = pauses.first;

  const listen = async () => {
    const fresh = new pg.Client({ ...connectionConfig(url), statement_timeout: 0, query_timeout: 0 });
    client = fresh;
    let over = false;
    const retry = (error?: Error) => {
      if (over) return;
      over = true;
      void fresh.end().catch(() => {});
      if (state !== 'started') return;
      log?.warn({ err: error, pause }, 'store notifications interrupted');
      timer = setTimeout(() => void listen(), pause);
      pause = Math.min(pause * 2, pauses.longest);
    };
    fresh.on('error', retry);
    fresh.on('end', () => retry());
    fresh.on('notification', ({ channel, payload }) => {
      if (payload !== self) onTopics(topics.filter((topic) => channelOf(topic) === channel));
    });
    try {
      await fresh.connect();
      for (const topic of topics) await fresh.query(`listen ${channelOf(topic)}`);
      pause = pauses.first;
      // Something may have been told while nobody listened.
      onTopics(topics);
    } catch (error) {
      retry(error as Error);
    }
  };

  return {
    start() {
      if (state !== 'idle') return;
      state = 'started';
      void listen();
    },
    async [Symbol.asyncDispose]() {
      state = 'closed';
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
