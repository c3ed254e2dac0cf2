import { openStore } from '../../../src/store/open-store.ts';
import { aBatch, aPlan, withSource } from '../records-under-test.ts';

/**
 * Run as a process of its own, with the address of a store and a data folder: leases a load, then accepts batches whose
 * bodies consist of their id, several at a time, and prints the id of each once it is acknowledged. Runs until it is
 * killed.
 */
const [url = '', folder = ''] = process.argv.slice(2);
const store = await openStore({ url, folder, mode: 'server' });
const { account, source } = await withSource(store);

const accept = async (repetitions: number) => {
  const batch = aBatch(source);
  await store.batches.append(batch, Buffer.from(batch.id.repeat(repetitions)));
  process.stdout.write(`${batch.id}\n`);
};

process.stdout.write(`${account.id} ${source.id}\n`);
await accept(1);
await store.loads.plan(aPlan({ leaseMilliseconds: 3_600_000 }));

const keepAccepting = async (repetitions: number) => {
  for (;;) await accept(repetitions);
};
// 64 bytes, 3 kB, and 1.6 MB: more than one part.
await Promise.all([2, 2, 2, 100, 100, 50_000].map(keepAccepting));
