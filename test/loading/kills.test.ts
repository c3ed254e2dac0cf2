import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { openLoadingRoom, quickOptions } from './loading-room.ts';
import { flawless, judge, type SentBatch } from './oracle.ts';
import { sendBatches } from './send-batches.ts';
import { startWorker, type Worker } from './start-worker.ts';

/** More on demand: `BACKSTITCH_KILLS=200`. */
const kills = Number(process.env.BACKSTITCH_KILLS ?? 8);

test(
  `what was accepted is loaded exactly once, whenever the process is killed (${kills} times)`,
  async () => {
    await using warehouse = await createTestDatabase();
    await using preparing = await openLoadingRoom();
    const { place } = preparing;
    const { source } = await preparing.addAll(warehouse);
    await preparing.store[Symbol.asyncDispose]();

    const setup = { place, mode: 'server' as const, options: { ...quickOptions, maxBatches: 5 } };
    const log: SentBatch[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await using worker = await startWorker(setup);
      const sending = sendUntilItDies(worker, source, log);
      // Loads follow one another closely, so that any instant is near some commit.
      await pause(100 + Math.random() * 600);
      await worker.end('SIGKILL');
      await sending;
    }

    await using worker = await startWorker(setup);
    await sendBatches(worker, source, log);
    await worker.end('SIGTERM');
    await using room = await openLoadingRoom({ place });
    room.startLoader();
    await until(async () => {
      expect((await room.store.batches.backlog()).filter(({ batches }) => batches > 0)).toEqual([]);
    }, 30_000);
    expect(await judge(log, source.name, warehouse)).toEqual(flawless);
    const accepted = log.filter(({ answer }) => answer === 'accepted');
    expect(accepted.length).toBeGreaterThan(kills);
  },
  60_000 + kills * 5_000,
);

async function sendUntilItDies(worker: Worker, source: Source, log: SentBatch[]): Promise<void> {
  let isAlive = true;
  while (isAlive) isAlive = await sendBatches(worker, source, log);
}
