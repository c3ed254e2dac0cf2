import process from 'node:process';
import { createHookSender } from '../../src/hooks/create-hook-sender.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openVault } from '../../src/store/vault.ts';
import { aLoadResult } from '../store/hooks-under-test.ts';
import { accept, anOutcome, aPlan } from '../store/records-under-test.ts';
import { silentLog } from '../support/silent-log.ts';
import type { WorkerSetup } from './start-worker.ts';

/** A process that completes loads, or sends, for tests that kill it. Started by `startWorker`. */
const { folder, masterKey, task, mapped, options } = JSON.parse(process.argv[2] ?? '') as WorkerSetup;
const store = await openStore({ url: 'sqlite', folder, mode: 'shared' });
if (task === 'send') {
  const vault = await openVault({ keyring: store.keyring, masterKey: Buffer.from(masterKey, 'hex') });
  const network = createNetwork({ policy: 'private', allow: [], egressAddresses: [] });
  createHookSender({ store, vault, network, clock: systemClock, log: silentLog, options }).start();
} else {
  // What another one died over is taken when its short lease has run out.
  const plan = aPlan({ owner: String(process.pid), leaseMilliseconds: 300, maxBatches: 1 });
  for (;;) {
    await accept(store, mapped.source, 1);
    for (const planned of await store.loads.plan(plan)) {
      const outcome = anOutcome(planned, { result: aLoadResult() });
      if (await store.loads.complete(outcome)) process.send?.('loaded');
    }
  }
}
