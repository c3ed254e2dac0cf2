import process from 'node:process';
import { systemClock } from '../../src/lib/clock.ts';
import { createRedactor } from '../../src/lib/redact.ts';
import { createLog } from '../../src/log/create-log.ts';
import type { Source } from '../../src/model/source.ts';
import { harmfulPostgres } from './harmful-type.ts';
import { type BatchBody, openLoadingRoom } from './loading-room.ts';
import type { WorkerSetup } from './start-worker.ts';

/** A process that accepts and loads, for tests that kill it. Started by `startWorker`. */
const { place, mode, options } = JSON.parse(process.argv[2] ?? '') as WorkerSetup;
const log = createLog({ level: 'warn', clock: systemClock, redactor: createRedactor() });
const room = await openLoadingRoom({ place, mode, log });
room.startLoader(options, harmfulPostgres());

process.on('message', ({ call, source, body }: { call: number; source: Source; body: BatchBody }) => {
  room.send(source, body).then(
    ({ outcome }) => process.send?.({ call, outcome }),
    (error: unknown) => process.send?.({ call, error: String(error) }),
  );
});
process.on('SIGTERM', () => {
  void room[Symbol.asyncDispose]().then(() => process.exit(0));
});
process.send?.('ready');
