import process from 'node:process';
import { parseConfig } from '../../src/config/parse-config.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { createRedactor } from '../../src/lib/redact.ts';
import { createLog } from '../../src/log/create-log.ts';
import { openParts } from '../../src/serve/open-parts.ts';
import { generateMasterKey } from '../../src/store/master-key-file.ts';
import { rotateMasterKey } from '../../src/store/rotate-master-key.ts';

/** Rotates the master key as the command does, and is killed before the step that the argument names. */
const [, , fatal] = process.argv;
const config = parseConfig({ env: process.env });
const log = createLog({ level: 'error', clock, redactor: createRedactor() });
await using parts = await openParts({ config, log, clock, as: 'command' });
await rotateMasterKey({
  store: parts.store,
  vault: parts.vault,
  newKey: generateMasterKey(),
  folder: config.data,
  beforeStep(step) {
    if (step === fatal) process.kill(process.pid, 'SIGKILL');
  },
});
