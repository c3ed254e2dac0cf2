import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type BatchBody, openLoadingRoom, quickOptions, rows } from './loading-room.ts';
import { startWorker } from './start-worker.ts';

const manyRows = (count: number, from: number) =>
  Array.from({ length: count }, (_, at) => ({ id: from + at, n: at }));

/** Accepts the bodies, then has workers load them until one of them lives. */
async function loadByWorkers(bodies: readonly BatchBody[]) {
  await using stack = new AsyncDisposableStack();
  const warehouse = stack.use(await createTestDatabase());
  const preparing = stack.use(await openLoadingRoom());
  const { place } = preparing;
  const { source } = await preparing.addAll(warehouse);
  for (const body of bodies) await preparing.send(source, body);
  await preparing.store[Symbol.asyncDispose]();

  const options = { ...quickOptions, suspicionMilliseconds: 200 };
  let deaths = 0;
  for (let isOver = false; !isOver; ) {
    await using worker = await startWorker({ place, mode: 'server', options });
    await using watching = await openLoadingRoom({ place, mode: 'shared' });
    const drained = until(async () => {
      const left = (await watching.store.batches.backlog()).filter(
        ({ state, batches }) => batches > 0 && state !== 'quarantined',
      );
      expect(left).toEqual([]);
    }, 20_000);
    const died = worker.ended.then(() => 'died');
    isOver = (await Promise.race([drained, died])) !== 'died';
    if (!isOver) deaths += 1;
    if (deaths > 10) throw new Error('the workers die for ever');
    drained.catch(() => {});
  }
  await using room = await openLoadingRoom({ place });
  const states = (await room.batches(source)).toReversed();
  const ids = await warehouse.query(`select id::int as id from ${source.name}.orders order by id`);
  const past = await room.store.loads.completed({ sourceId: source.id, table: 'orders' }, 1_000);
  stack.move();
  await warehouse[Symbol.asyncDispose]();
  await preparing[Symbol.asyncDispose]();
  return { deaths, states, ids: ids.map(({ id }) => id), loads: past.length };
}

test('a batch that ends its loader is found within five attempts and set aside; all others are loaded', async () => {
  const harmful = { ...rows('orders', [{ id: 50, harm: 'kill' }], 50) };
  const { deaths, states, ids } = await loadByWorkers([
    ...[0, 10, 20].map((from) => rows('orders', manyRows(10, from))),
    harmful,
    ...[60, 70].map((from) => rows('orders', manyRows(10, from))),
  ]);
  expect(deaths).toBeLessThanOrEqual(5);
  expect(states.map(({ state }) => state)).toEqual([
    'loaded',
    'loaded',
    'loaded',
    'quarantined',
    'loaded',
    'loaded',
  ]);
  expect(states[3]?.lastError?.message).toContain('The server ended 5 times while it loaded this batch');
  expect(ids).toEqual([0, 10, 20, 60, 70].flatMap((from) => manyRows(10, from).map(({ id }) => id)));
}, 120_000);

test('a loader that dies right after the commit of the destination leaves every row there once', async () => {
  const { key_names: _, ...body } = rows('orders', [
    ...manyRows(10, 0),
    { id: 10, harm: 'kill-once-committed' },
  ]);
  const { deaths, states, ids } = await loadByWorkers([body]);
  expect(deaths).toBe(1);
  expect(states.map(({ state }) => state)).toEqual(['loaded']);
  expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}, 120_000);

test('batches whose loaders are killed when they commit are loaded in few loads, however often it happens', async () => {
  const { deaths, states, ids, loads } = await loadByWorkers([
    rows('orders', [{ id: 0, harm: 'kill-committing' }]),
    ...Array.from({ length: 99 }, (_, at) => rows('orders', [{ id: at + 1 }], at + 2)),
  ]);
  expect(deaths).toBeGreaterThan(5);
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['loaded']));
  expect(ids).toHaveLength(100);
  expect(loads).toBeLessThanOrEqual(10);
}, 120_000);
