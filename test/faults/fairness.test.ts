import { expect, test } from 'vitest';
import { openLoadingRoom, rows } from '../loading/loading-room.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';

/** More on demand: `BACKSTITCH_STUCK_MEGABYTES=1000`. */
const megabytes = Number(process.env.BACKSTITCH_STUCK_MEGABYTES ?? 50);
const accounts = 200;
const tables = 10;

test(`one of ${accounts} accounts has ${megabytes} MB for a warehouse that swallows everything; the others load on`, {
  timeout: 60_000 + megabytes * 300,
}, async () => {
  await using warehouse = await createTestDatabase();
  await using hole = await startFaultProxy({ targetPort: warehouse.port, mode: { kind: 'blackhole' } });
  await using room = await openLoadingRoom();
  const stuck = await room.addAll({ ...warehouse, port: hole.port });
  const note = 'n'.repeat(500_000);
  for (let megabyte = 0; megabyte < megabytes; megabyte += 1) {
    const records = [1, 2].map((id) => ({ id: megabyte * 2 + id, note }));
    await room.send(stuck.source, rows(`t${megabyte % tables}`, records));
  }
  const others = [];
  for (let account = 1; account < accounts; account += 1) others.push(await room.addAll(warehouse));

  // Each has a session of its own, and the warehouse gives no more than a hundred.
  room.startLoader({ idleMilliseconds: 50, finishMilliseconds: 0 });
  await until(() => expect(hole.connections).toBeGreaterThan(0));
  await Promise.all(others.map(({ source }) => room.send(source, rows('orders', [{ id: 1 }, { id: 2 }]))));
  await until(async () => {
    const waiting = (await room.store.batches.backlog()).reduce((sum, { batches }) => sum + batches, 0);
    expect(waiting).toBe(megabytes);
  }, 60_000);
  const counts = others.map(
    ({ source }) => `select count(*)::int as n from "${source.name}".orders having count(*) <> 2`,
  );
  expect(await warehouse.query(counts.join(' union all '))).toEqual([]);
  const states = await room.batches(stuck.source);
  expect(new Set(states.map(({ state }) => state)).has('loaded')).toBe(false);
  expect(states).toHaveLength(megabytes);
});
