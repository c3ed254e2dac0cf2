import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { openLoadingRoom, quickOptions } from './loading-room.ts';
import { flawless, judge, type SentBatch } from './oracle.ts';
import { sendBatches } from './send-batches.ts';
import { startWorker } from './start-worker.ts';

test('two processes on one store load the same tables, one is killed, and every row stands there once', async () => {
  await using warehouse = await createTestDatabase();
  await using storeDatabase = await createTestDatabase();
  await using room = await openLoadingRoom({ storeUrl: storeDatabase.url });
  const { source } = await room.addAll(warehouse);
  const times = { leaseMilliseconds: 2_000, heartbeatMilliseconds: 300 };
  const options = { ...quickOptions, ...times, maxBatches: 4, aheadBytes: 1 };
  const setup = { place: room.place, mode: 'shared' as const, options };
  const log: SentBatch[] = [];

  await using one = await startWorker(setup);
  await using other = await startWorker(setup);
  const sendFor = async (worker: typeof one, batches: number) => {
    for (let batch = 0; batch < batches; batch += 1) if (!(await sendBatches(worker, source, log))) return;
  };
  const sending = [sendFor(one, 1_000), sendFor(other, 30)];
  await pause(700);
  await one.end('SIGKILL');
  await Promise.all(sending);

  await until(async () => {
    expect((await room.store.batches.backlog()).filter(({ batches }) => batches > 0)).toEqual([]);
  }, 20_000);
  expect(await judge(log, source.name, warehouse)).toEqual(flawless);
  expect(await other.end('SIGTERM')).toBe(0);
}, 60_000);
