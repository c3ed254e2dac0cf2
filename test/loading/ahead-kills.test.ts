import { expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { openLoadingRoom, quickOptions } from './loading-room.ts';
import { flawless, judge, type SentBatch } from './oracle.ts';
import { sendBatches } from './send-batches.ts';
import { startWorker, type Worker } from './start-worker.ts';

/** More on demand: `BACKSTITCH_KILLS=200`. */
const kills = Number(process.env.BACKSTITCH_KILLS ?? 4);

test(
  `loads that are staged ahead stand there exactly once, whenever the process is killed (${kills} times)`,
  async () => {
    await using warehouse = await createTestDatabase();
    await using preparing = await openLoadingRoom();
    const { place } = preparing;
    const { destination } = await preparing.addAll(warehouse);
    // Tables of their own for each two kills: after those, their loads are under suspicion and are not followed.
    const sources: Source[] = [];
    while (sources.length < Math.ceil(kills / 2)) sources.push(await preparing.addSource(destination));
    await preparing.store[Symbol.asyncDispose]();

    // There is always a next load, and it is always worth it.
    const options = { ...quickOptions, maxBatches: 2, aheadBytes: 1 };
    const setup = { place, mode: 'server' as const, options };
    const logs = new Map(sources.map((source) => [source, [] as SentBatch[]]));
    for (let kill = 0; kill < kills; kill += 1) {
      const source = sources[Math.floor(kill / 2)]!;
      await using worker = await startWorker(setup);
      const log = logs.get(source)!;
      const enough = acceptedOf(log).length + 6 + Math.floor(Math.random() * 20);
      const sending = [1, 2, 3].map(() => sendUntilItDies(worker, source, log));
      await until(() => expect(acceptedOf(log).length).toBeGreaterThanOrEqual(enough));
      await worker.end('SIGKILL');
      await Promise.all(sending);
    }

    await using room = await openLoadingRoom({ place });
    room.startLoader({ ...options, concurrency: 8 });
    await until(async () => {
      expect((await room.store.batches.backlog()).filter(({ batches }) => batches > 0)).toEqual([]);
    }, 30_000);
    for (const [source, log] of logs) {
      expect(acceptedOf(log).length).toBeGreaterThan(6);
      expect(await judge(log, source.name, warehouse)).toEqual(flawless);
    }
  },
  60_000 + kills * 5_000,
);

const acceptedOf = (log: readonly SentBatch[]) => log.filter(({ answer }) => answer === 'accepted');

async function sendUntilItDies(worker: Worker, source: Source, log: SentBatch[]): Promise<void> {
  let isAlive = true;
  while (isAlive) isAlive = await sendBatches(worker, source, log);
}
