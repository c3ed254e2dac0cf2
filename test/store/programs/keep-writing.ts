import { openStore } from '../../../src/store/open-store.ts';
import { aClaim, aDestination, anAccount } from '../store-under-test.ts';

/**
 * Run as a process of its own, with a data folder: opens the store as its server, claims a check, then makes
 * destinations, several at a time, and prints the id of each once it is acknowledged. Runs until it is killed.
 */
const store = await openStore({ url: 'sqlite', folder: process.argv[2] ?? '', mode: 'server' });
const account = await store.accounts.create(anAccount());
process.stdout.write(`account ${account.id}\n`);

const first = await store.destinations.create(aDestination(account));
await store.checks.claim(aClaim({ leaseMilliseconds: 3_600_000 }));
await store.leases.acquire('lane', 'whoever was killed', 3_600_000);
process.stdout.write(`${first.id}\n`);

const keepWriting = async () => {
  for (;;) {
    const { id } = await store.destinations.create(aDestination(account));
    process.stdout.write(`${id}\n`);
  }
};
await Promise.all(Array.from({ length: 8 }, keepWriting));
