import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Source } from '../../../src/model/source.ts';
import type { BatchState, PlannedLoad } from '../../../src/store/load-store.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  accept,
  anOutcome,
  aPlan,
  aSource,
  aSplit,
  aStreamError,
  backlogOf,
  withSource,
} from '../records-under-test.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

/** What may happen to a store, as weights: accepting and planning more often than the rest. */
const step = fc.record({
  what: fc.constantFrom(
    ...(['accept', 'accept', 'accept', 'plan', 'plan', 'complete', 'complete', 'complete'] as const),
    ...(['fail', 'release', 'split', 'quarantine', 'repeat', 'retain', 'pause', 'resume', 'delete'] as const),
  ),
  /** Chooses the source, table or load it happens to. */
  which: fc.nat(1_000),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A store, and what was done to it. */
interface World {
  readonly store: Store;
  readonly sources: Source[];
  /** Batches of each lane in the order of their acceptance. */
  readonly accepted: Map<string, string[]>;
  /** Batches of each lane in the order in which they were loaded first. */
  readonly loaded: Map<string, string[]>;
  readonly underWay: PlannedLoad[];
  readonly completed: string[];
}

const add = (to: Map<string, string[]>, lane: string, ids: readonly string[]) =>
  to.set(lane, [...(to.get(lane) ?? []), ...ids.filter((id) => !to.get(lane)?.includes(id))]);

async function take(world: World, { what, which }: Step): Promise<void> {
  const { loads, sources } = world.store;
  const source = world.sources[which % world.sources.length];
  const load = world.underWay[which % Math.max(1, world.underWay.length)];
  const table = ['a', 'b'][which % 2] ?? 'a';
  const of = source && { accountId: source.accountId, id: source.id };
  if (what === 'plan') world.underWay.push(...(await loads.plan(aPlan({ limit: 2, maxBatches: 3 }))));
  else if (what === 'retain') await loads.retain({ olderThan: 0, maxBytes: 2_000 });
  else if (what === 'repeat') await loads.repeat(world.completed[which % world.completed.length] ?? 'none');
  else if (of && what === 'pause') await sources.update({ ...of, pausedAt: 1 });
  else if (of && what === 'resume') await sources.update({ ...of, pausedAt: null });
  else if (source && what === 'delete' && world.sources.length > 1 && which % 4 === 0) {
    await sources.delete(source.accountId, source.id);
    world.sources.splice(world.sources.indexOf(source), 1);
  } else if (source && what === 'accept') {
    add(
      world.accepted,
      `${source.id} ${table}`,
      await accept(world.store, source, 1 + (which % 3), { table }),
    );
  } else if (load) await end(world, what, load);
}

/** Whatever is answered for a load whose lease was lost, it must change nothing. */
async function end(world: World, what: Step['what'], load: PlannedLoad): Promise<void> {
  const { loads } = world.store;
  const { loadId, fence } = load;
  const ids = load.batches.map(({ id }) => id);
  if (what === 'complete' && (await loads.complete(anOutcome(load)))) {
    world.completed.push(loadId);
    add(world.loaded, `${load.source.id} ${load.table}`, ids);
  }
  const failure = { error: aStreamError(), blocked: true, retryAt: 0 };
  if (what === 'fail') await loads.fail({ loadId, fence, ...failure });
  if (what === 'release') await loads.release({ loadId, fence });
  if (what === 'split' && (await loads.split(aSplit({ loadId, fence, crashes: 0 }))) === 'suspect') return;
  if (what === 'quarantine')
    await loads.quarantine({ loadId, fence, batchIds: ids.slice(0, 1), error: 'torn' });
  world.underWay.splice(world.underWay.indexOf(load), 1);
}

/** The totals say what a look at each batch says. */
async function expectCounted({ store, sources }: World): Promise<void> {
  const sums: Partial<Record<BatchState['state'], [number, number]>> = {};
  for (const { accountId, id } of sources) {
    for (const { state, rawBytes } of await store.batches.list(accountId, id, { limit: 10_000 })) {
      const [batches, bytes] = sums[state] ?? [0, 0];
      if (state !== 'loaded') sums[state] = [batches + 1, bytes + rawBytes];
    }
  }
  const { quarantined: _, ...waiting } = await backlogOf(store);
  const { quarantined: __, ...expected } = sums;
  expect(waiting).toEqual(expected);
}

export function anyOrderContract(on: StoreUnderTest): void {
  test('whatever happens in whatever order, batches are counted right and loaded in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 90, size: 'max' }), async (steps) => {
        await using own = await on.fresh();
        const { source, account } = await withSource(own.store);
        const world: World = {
          store: own.store,
          sources: [source, await own.store.sources.create(aSource(account))],
          accepted: new Map(),
          loaded: new Map(),
          underWay: [],
          completed: [],
        };
        for (const each of steps) {
          await take(world, each);
          await expectCounted(world);
        }
        for (const [lane, ids] of world.loaded)
          expect(ids).toEqual(world.accepted.get(lane)?.filter((id) => ids.includes(id)));
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
}
