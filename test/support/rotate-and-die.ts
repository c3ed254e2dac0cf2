import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseConfig } from '../../src/config/parse-config.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { createRedactor } from '../../src/lib/redact.ts';
import { createLog } from '../../src/log/create-log.ts';
import { openParts } from '../../src/serve/open-parts.ts';
import { generateMasterKey, masterKeyPath, parseMasterKey } from '../../src/store/master-key-file.ts';
import { rotateMasterKey } from '../../src/store/rotate-master-key.ts';
import { openVault } from '../../src/store/vault.ts';

/** Rotates a key as the command does, `data` or `master`, and is killed before the step that is named second. */
const [, , which, fatal] = process.argv;
const beforeStep = (step: string): void => {
  if (step === fatal) process.kill(process.pid, 'SIGKILL');
};
const config = parseConfig({ env: process.env });
const log = createLog({ level: 'error', clock, redactor: createRedactor() });
await using parts = await openParts({ config, log, clock, cloud: {}, as: 'command' });
const { store, vault } = parts;
if (which === 'master') {
  await rotateMasterKey({ store, vault, newKey: generateMasterKey(), folder: config.data, beforeStep });
} else {
  const masterKey = parseMasterKey(readFileSync(masterKeyPath(config.data), 'utf8'));
  if (masterKey === null) throw new Error('no master key');
  const dying = await openVault({ keyring: store.keyring, masterKey, beforeStep });
  await dying.rotateDataKey(store.destinations);
}
