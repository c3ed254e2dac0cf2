import { describe, expect, test } from 'vitest';
import { failureOf, randomId, records, type TestSession } from '../support/load-session.ts';
import { type ObjectStore, startObjectStore } from '../support/object-store.ts';
import { challenge, dataKeys, linesOf, openStoreSession } from '../support/store-session.ts';

/** What happens at the nth request: it is refused, its answer is lost, or the loader dies before or after it is done. */
const ends = ['refused', 'answer lost', 'killed before', 'killed after'] as const;

/** A store, with or without writes under a condition: what one owner alone does must come out the same. */
const kinds = [
  { kind: 'knows', conditional: true, tried: ends },
  { kind: 'does not know', conditional: false, tried: ['refused', 'killed after'] },
] as const;

async function openStore(conditional = true): Promise<ObjectStore> {
  const store = await startObjectStore({ conditional });
  challenge(store);
  return store;
}

const idsIn = (store: ObjectStore, folder = ''): unknown[] =>
  dataKeys(store)
    .filter((key) => key.includes(folder) && !key.includes('_sdc_rejected'))
    .flatMap((key) => linesOf(store, key).map(({ id }) => id));

function failNth(store: ObjectStore, n: number, end: (typeof ends)[number], kill: AbortController) {
  let seen = 0;
  const state = { isHit: false };
  store.fault = () => {
    seen += 1;
    if (seen !== n) return undefined;
    state.isHit = true;
    if (end === 'killed before') kill.abort();
    if (end === 'killed after') setImmediate(() => kill.abort());
    if (end === 'refused') return { status: 400, code: 'MalformedXML' };
    return end === 'killed before' ? 'cut' : 'cut-after';
  };
  return state;
}

/** Repeats a load as a loader does, until it says how it went. */
async function untilLoaded(load: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    try {
      await load();
      return;
    } catch {}
  }
  throw new Error('five attempts failed');
}

const batch = records({ id: 1 }, { id: 2 }, { name: 'rejected' });

describe.each(kinds)('a store that $kind conditions', ({ conditional, tried }) => {
  test('has a load once, however often it is repeated', async () => {
    await using store = await openStore(conditional);
    const loadId = randomId();
    await using first = await openStoreSession(store);
    const result = await first.load('orders', [batch], { loadId });
    expect(await first.load('orders', [batch], { loadId })).toEqual(result);
    await using second = await openStoreSession(store);
    expect(await second.load('orders', [batch], { loadId, fence: 2 })).toEqual(result);
    expect(idsIn(store)).toEqual([1, 2]);
    expect(await second.session.marks({ schema: 'source', table: 'orders' })).toEqual([loadId]);
  });

  test.each(tried)('has it once when any of its requests ends so: %s', async (end) => {
    await using store = await openStore(conditional);
    await using before = await openStoreSession(store);
    for (let n = 1, isHit = true; isHit; n += 1) {
      const table = `orders${n}`;
      await before.load(table, [records({ id: 0 })]);
      const kill = new AbortController();
      const state = failNth(store, n, end, kill);
      const plan = { loadId: randomId() };
      await untilLoaded(async () => {
        const signal = kill.signal.aborted ? new AbortController().signal : kill.signal;
        await using session = await openStoreSession(store, { signal });
        await session.load(table, [batch], plan);
      });
      expect(idsIn(store, `/${table}/`), `after request ${n}`).toEqual([0, 1, 2]);
      expect(n).toBeLessThan(30);
      isHit = state.isHit;
      store.fault = () => undefined;
    }
  });
});

describe('an owner that lost the lane', () => {
  /** Stops a load just before a request of this kind, lets something else happen, and goes on. */
  async function stalled(
    store: ObjectStore,
    what: string,
    load: () => Promise<unknown>,
    meanwhile: () => Promise<unknown>,
  ): Promise<unknown> {
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    store.before = async (asked) => {
      if (asked.what !== what || asked.key.startsWith('_backstitch/README')) return;
      store.before = async () => {};
      reached.resolve();
      await goOn.promise;
    };
    const outcome = load().catch((error: unknown) => error);
    await reached.promise;
    await meanwhile();
    goOn.resolve();
    return await outcome;
  }

  const owners = async (store: ObjectStore): Promise<{ low: TestSession; high: TestSession }> => ({
    low: await openStoreSession(store),
    high: await openStoreSession(store),
  });

  test.each(['begin', 'part', 'put'])('at its first %s writes nothing that anybody sees', async (what) => {
    await using store = await openStore();
    const { low, high } = await owners(store);
    const loadId = randomId();
    const outcome = await stalled(
      store,
      what,
      () => low.load('orders', [batch], { loadId, fence: 5 }),
      async () => {
        // Taken apart: what was one load comes back as two others.
        const plan = { loadId, lane: { schema: 'source', table: 'orders' }, fence: 6, batchedAt: 1 };
        expect(await high.session.settle(plan, new AbortController().signal)).toBeNull();
        await high.load('orders', [records({ id: 1 })], { fence: 7 });
        await high.load('orders', [records({ id: 2 })], { fence: 8 });
      },
    );
    expect(outcome).toMatchObject({ name: 'LoadFailure', code: 'fenced' });
    expect(idsIn(store)).toEqual([1, 2]);
    expect(store.uploads.size).toBe(0);
  });

  test('that somebody else has settled, commits nothing', async () => {
    await using store = await openStore();
    const { low, high } = await owners(store);
    const loadId = randomId();
    const plan = { loadId, lane: { schema: 'source', table: 'orders' }, fence: 6, batchedAt: 1 };
    await low.load('orders', [records({ id: 0 })], { fence: 5 });
    const outcome = await stalled(
      store,
      'part',
      () => low.load('orders', [batch], { loadId, fence: 5 }),
      () => high.session.settle(plan, new AbortController().signal),
    );
    expect(outcome).toMatchObject({ name: 'LoadFailure', code: 'fenced' });
    expect(idsIn(store)).toEqual([0]);
  });

  test('and comes back while another carries the same load, leaves it as that one wrote it', async () => {
    await using store = await openStore();
    const { low, high } = await owners(store);
    const plan = { loadId: randomId() };
    let result: unknown;
    const outcome = await stalled(
      store,
      'put',
      () => low.load('orders', [batch], { ...plan, fence: 5 }),
      async () => {
        result = await high.load('orders', [batch], { ...plan, fence: 6 });
      },
    );
    expect(outcome).toEqual(result);
    expect(idsIn(store)).toEqual([1, 2]);
    expect(store.uploads.size).toBe(0);
  });

  test('after its commit, is finished by whoever comes next', async () => {
    await using store = await openStore();
    const { low, high } = await owners(store);
    const loadId = randomId();
    store.fault = ({ what }) => (what === 'complete' ? 'cut' : undefined);
    await failureOf(low.load('orders', [batch], { loadId, fence: 5 }));
    expect(idsIn(store)).toEqual([]);
    store.fault = () => undefined;
    const plan = { loadId, lane: { schema: 'source', table: 'orders' }, fence: 6, batchedAt: 1 };
    const settled = await high.session.settle(plan, new AbortController().signal);
    expect(settled?.tables[0]).toMatchObject({ rowsLoaded: 2, rowsRejected: 1 });
    expect(idsIn(store)).toEqual([1, 2]);
  });
});

test('is told that it lost the lane before it sends anything', async () => {
  await using store = await openStore();
  await using session = await openStoreSession(store);
  await session.load('orders', [batch], { fence: 9 });
  const asked = store.asked.length;
  expect(await failureOf(session.load('orders', [batch], { fence: 8 }))).toMatchObject({
    kind: 'passing',
    code: 'fenced',
  });
  expect(store.asked.slice(asked)).toEqual([]);
});

test('a load whose parts the bucket has thrown away is written once more, under the same keys', async () => {
  await using store = await openStore();
  const plan = { loadId: randomId() };
  await using session = await openStoreSession(store);
  store.fault = ({ what }) => (what === 'complete' ? 'cut' : undefined);
  await failureOf(session.load('orders', [batch], plan));
  store.fault = () => undefined;
  store.forgetUploads();
  await session.load('orders', [batch], plan);
  expect(dataKeys(store)).toEqual([
    'source/_sdc_rejected/orders/0_1700000001000.jsonl',
    'source/orders/0_1700000001000.jsonl',
  ]);
  expect(idsIn(store)).toEqual([1, 2]);
});

test('files that were taken away after they stood are not missed', async () => {
  await using store = await openStore();
  await using first = await openStoreSession(store);
  await first.load('orders', [records({ id: 1 })]);
  for (const key of dataKeys(store)) store.buckets.get('lake')!.delete(key);
  await using second = await openStoreSession(store);
  await second.load('orders', [records({ id: 2 })]);
  expect(idsIn(store)).toEqual([2]);
});

test('marks are forgotten when they are dropped', async () => {
  await using store = await openStore();
  await using session = await openStoreSession(store);
  const lane = { schema: 'source', table: 'orders' };
  const [one, two] = [randomId(), randomId()];
  await session.load('orders', [batch], { loadId: one });
  await session.session.dropMarks(lane, [one, 'unknown']);
  expect(await session.session.marks(lane)).toEqual([]);
  await session.load('orders', [batch], { loadId: two });
  await using other = await openStoreSession(store);
  expect(await other.session.marks(lane)).toEqual([two]);
});

test('waits for its turn before it commits', async () => {
  await using store = await openStore();
  await using session = await openStoreSession(store);
  const turn = Promise.withResolvers<void>();
  const loading = session.load('orders', [batch], { turn: turn.promise }).catch((error: unknown) => error);
  turn.reject(new Error('the load before failed'));
  expect(await loading).toMatchObject({ message: 'the load before failed' });
  expect(store.buckets.get('lake')!.has('_backstitch/lanes/source/orders.json')).toBe(false);
  expect(store.uploads.size).toBe(0);
});

test('tables whose names come to the same have files of their own', async () => {
  await using store = await openStore();
  await using session = await openStoreSession(store);
  for (const table of ['a!b', 'a#b', 'a_b', '../a', '/a', 'a\u0000', 'x'.repeat(2_000)])
    await session.load(table, [records({ id: table.length })]);
  expect(dataKeys(store)).toHaveLength(7);
  for (const key of store.buckets.get('lake')!.keys()) {
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
    if (dataKeys(store).includes(key)) expect(key).toMatch(/^source\/[^/]+\/0_1700000001000\.jsonl$/);
  }
});
