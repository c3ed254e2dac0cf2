import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Hook } from '../../src/model/hook.ts';
import type { LoadResult } from '../../src/model/load-result.ts';
import type { ClaimDeliveries, ClaimedDelivery, NewHook } from '../../src/store/hook-store.ts';
import type { Store } from '../../src/store/store.ts';
import { accept, anOutcome, aPlan, aStreamError, type Mapped, withSource } from './records-under-test.ts';
import { required, type StoreUnderTest } from './store-under-test.ts';

export const hour = 3_600_000;

export const aHook = (
  of: Pick<Mapped, 'account' | 'destination'>,
  parts: Partial<NewHook> = {},
): NewHook => ({
  uid: randomBytes(16).toString('hex'),
  accountId: of.account.id,
  type: 'post_load',
  destinationId: of.destination.id,
  url: 'https://hooks.example.com/in',
  sealedSecret: null,
  ...parts,
});

export const aTurn = (parts: Partial<ClaimDeliveries> = {}): ClaimDeliveries => ({
  owner: 'one',
  limit: 10,
  perHook: 2,
  leaseMilliseconds: 60_000,
  ...parts,
});

export const aLoadResult = (parts: Partial<LoadResult> = {}): LoadResult => ({
  tables: [
    {
      source: 'orders',
      destination: 'orders',
      rowsLoaded: 1,
      rowsRejected: 0,
      droppedAsOlder: 0,
      older: null,
      primaryKeys: ['id'],
    },
  ],
  schemaChanges: [],
  rejections: [],
  ...parts,
});

/** Accepts a batch and loads it, or lets its load fail. */
export async function load(store: Store, { source }: Mapped, result = aLoadResult()): Promise<boolean> {
  await accept(store, source, 1);
  const [planned] = await store.loads.plan(aPlan());
  return await store.loads.complete(anOutcome(required(planned), { result }));
}

export async function fail(store: Store, blocked = true): Promise<void> {
  const [planned] = await store.loads.plan(aPlan());
  const { loadId, fence } = required(planned);
  const error = aStreamError();
  expect(await store.loads.fail({ loadId, fence, error, blocked, retryAt: 0 })).toBe(true);
}

export const bodies = (claimed: readonly ClaimedDelivery[]) => claimed.map(({ body }) => JSON.parse(body));
export const counts = async (store: Store, { accountId, id }: Hook) =>
  (await store.hooks.deliveries(accountId, id, 100))?.map(({ state }) => state);

/** A store of the test alone, with a source. */
export async function hookRoom(on: StoreUnderTest) {
  const own = await on.fresh();
  const mapped = await withSource(own.store);
  return {
    ...mapped,
    store: own.store,
    /** Lets time go by, on whatever clock the store has. */
    async forward(milliseconds: number) {
      const back = (...columns: string[]) =>
        columns.map((each) => `${each} = ${each} - ${milliseconds}`).join();
      await own.sql(`update hook_deliveries set ${back('next_at', 'created_at', 'ended_at')}`);
      await own.sql(`update hook_quiets set ${back('told_at')}`);
      await own.sql(`update hooks set ${back('created_at', 'modified_at')}`);
    },
    mapped,
    hook: (parts: Partial<NewHook> = {}) => own.store.hooks.create(aHook(mapped, parts)),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}
