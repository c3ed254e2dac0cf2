import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvents, type EventsOptions } from '../../src/events/create-events.ts';
import type { Events, Told } from '../../src/events/events.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { accept, anOutcome, aPlan, type Mapped, withSource } from '../store/records-under-test.ts';
import { required } from '../store/store-under-test.ts';
import { until } from '../support/embedded-postgres.ts';
import { silentLog } from '../support/silent-log.ts';

/** Several processes are several of these on one store. */
let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'backstitch-events-'));
  store = await openStore({ url: 'sqlite', folder, mode: 'server' });
});
afterAll(async () => {
  await store?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Steps are told over HTTP. */
const noChecks = { onStep: () => () => {} };

const openEvents = (options: Partial<EventsOptions> = {}): Events =>
  createEvents({ store, checks: noChecks, clock: systemClock, log: silentLog, options });

interface Watched {
  readonly told: Told[];
  readonly lastId: () => string;
  /** Ids of loads that were loaded, in order. */
  readonly loaded: () => string[];
  stop(): void;
}

async function watch(events: Events, accountId: number, lastEventId: string | null = null): Promise<Watched> {
  const told: Told[] = [];
  const { stop } = await events.watch({ accountId, lastEventId, tell: (each) => told.push(each) });
  return {
    told,
    stop,
    lastId: () => {
      const last = required(told.at(-1));
      return last.kind === 'event' ? last.event.id : last.id;
    },
    loaded: () =>
      told.flatMap((each) =>
        each.kind === 'event' && each.event.type === 'load.loaded' ? [each.event.load.loadId] : [],
      ),
  };
}

/** So many loads of the source, one after another; their ids. */
async function load({ source }: Mapped, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    await accept(store, source, 1);
    const planned = await store.loads.plan(aPlan({ limit: 100 }));
    const own = required(planned.find((each) => each.source.id === source.id));
    await store.loads.complete(anOutcome(own));
    ids.push(own.loadId);
  }
  return ids;
}

test('more at once than is told is a reset, and what comes later is told again', async () => {
  await using events = openEvents({ limit: 5, lullMilliseconds: 1_000 });
  const mapped = await withSource(store);
  const watched = await watch(events, mapped.account.id);
  await load(mapped, 10);
  await until(() =>
    expect(watched.told).toContainEqual(expect.objectContaining({ kind: 'reset', reason: 'too_many' })),
  );
  const [last = ''] = await load(mapped, 1);
  await until(() => expect(watched.loaded()).toContain(last));
});

test('who comes back is told what was missed, by the same process and by another one', async () => {
  await using events = openEvents();
  const mapped = await withSource(store);
  const before = await watch(events, mapped.account.id);
  const [seen = ''] = await load(mapped, 1);
  await until(() => expect(before.loaded()).toEqual([seen]));
  before.stop();
  before.stop();
  const missed = await load(mapped, 3);
  const same = await watch(events, mapped.account.id, before.lastId());
  await until(() => expect(same.loaded()).toEqual(missed));
  await using another = openEvents();
  const elsewhere = await watch(another, mapped.account.id, before.lastId());
  await until(() => expect(elsewhere.loaded()).toEqual(expect.arrayContaining(missed)));
  const ids = elsewhere.told.flatMap((each) => (each.kind === 'event' ? [each.event.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  expect(elsewhere.told[0]).toMatchObject({ kind: 'ready' });
});

test('what happened before somebody watches is not told', async () => {
  await using events = openEvents();
  const mapped = await withSource(store);
  await load(mapped, 2);
  const watched = await watch(events, mapped.account.id);
  const later = await load(mapped, 1);
  await until(() => expect(watched.loaded()).toEqual(later));
});

test('watchers are limited, and one that cannot begin takes no place', async () => {
  await using events = openEvents({ watchersPerAccount: 1, watchers: 2 });
  const [one, two, three] = [await withSource(store), await withSource(store), await withSource(store)];
  const first = await watch(events, one.account.id);
  await expect(watch(events, one.account.id)).rejects.toMatchObject({ code: 'TooManyRequests' });
  await watch(events, two.account.id);
  await expect(watch(events, three.account.id)).rejects.toMatchObject({ code: 'TooManyRequests' });
  first.stop();
  await watch(events, three.account.id);
});
