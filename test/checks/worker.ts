import process from 'node:process';
import type { ChecksOptions } from '../../src/checks/create-checks.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createRedactor } from '../../src/lib/redact.ts';
import { createLog } from '../../src/log/create-log.ts';
import { openRoom, type StorePlace } from './open-room.ts';

/** A process that runs checks, for tests that kill or halt one. Started by {@link startWorker}. */
const { place, options } = JSON.parse(process.argv[2] ?? '') as {
  place: StorePlace;
  options: Partial<ChecksOptions>;
};
const log = createLog({ level: 'error', clock: systemClock, redactor: createRedactor() });
const room = await openRoom(place, log);
room.createChecks(options).start();
process.send?.('ready');
