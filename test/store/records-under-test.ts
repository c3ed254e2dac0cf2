import { randomBytes } from 'node:crypto';
import type { Account } from '../../src/model/account.ts';
import type { Destination } from '../../src/model/destination.ts';
import type { Source, StreamError } from '../../src/model/source.ts';
import type {
  BatchState,
  CompletedLoad,
  NewBatch,
  PlanInput,
  PlannedLoad,
  SplitInput,
} from '../../src/store/load-store.ts';
import type { NewSource } from '../../src/store/source-store.ts';
import type { Store } from '../../src/store/store.ts';
import { aDestination, anAccount } from './store-under-test.ts';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

export const aSource = (account: Account, parts: Partial<NewSource> = {}): NewSource => {
  const name = `source_${hex(4)}`;
  return {
    accountId: account.id,
    id: null,
    type: 'import_api',
    displayName: name,
    name,
    properties: {},
    destinationId: null,
    ...parts,
  };
};

export const aBatch = (source: Source, parts: Partial<NewBatch> = {}): NewBatch => ({
  id: hex(16),
  accountId: source.accountId,
  sourceId: source.id,
  table: 'orders',
  format: 'batch',
  records: 1,
  idempotency: null,
  ...parts,
});

export const aPlan = (parts: Partial<PlanInput> = {}): PlanInput => ({
  owner: 'one',
  limit: 10,
  leaseMilliseconds: 60_000,
  maxBytes: 1_000_000,
  maxBatches: 100,
  ...parts,
});

export const anOutcome = (
  { loadId, fence }: PlannedLoad,
  parts: Partial<CompletedLoad> = {},
): CompletedLoad => ({ loadId, fence, rowsLoaded: 1, rowsRejected: 0, droppedAsOlder: 0, ...parts });

export const aStreamError = (parts: Partial<StreamError> = {}): StreamError => ({
  message: 'The destination is down.',
  remedy: 'Start it.',
  code: '57P01',
  since: 1_000,
  ...parts,
});

/** Cuts a load in two. */
export const aSplit = ({
  loadId,
  fence,
  crashes,
}: Pick<PlannedLoad, 'loadId' | 'fence' | 'crashes'>): SplitInput => ({
  loadId,
  fence,
  crashes,
  parts: 2,
  mark: false,
});

export const aBody = (bytes = 100): Buffer => randomBytes(bytes);

export interface Mapped {
  readonly account: Account;
  readonly destination: Destination;
  readonly source: Source;
}

/** Account with one destination and a source that is mapped to it. */
export async function withSource(store: Store): Promise<Mapped> {
  const account = await store.accounts.create(anAccount());
  const destination = await store.destinations.create(aDestination(account));
  return { account, destination, source: await store.sources.create(aSource(account)) };
}

/** Accepts so many batches, one after another; their ids. */
export async function accept(
  store: Store,
  source: Source,
  count: number,
  parts: Partial<NewBatch> & { bytes?: number } = {},
): Promise<string[]> {
  const ids: string[] = [];
  const { bytes = 100, ...batch } = parts;
  for (let at = 0; at < count; at += 1) {
    const given = aBatch(source, batch);
    await store.batches.append(given, aBody(bytes));
    ids.push(given.id);
  }
  return ids;
}

export const idsOf = (load: PlannedLoad | undefined): string[] | undefined =>
  load?.batches.map(({ id }) => id);

/** Batches and bytes by state, without those states that have none. */
export async function backlogOf(
  store: Store,
): Promise<Partial<Record<BatchState['state'], [number, number]>>> {
  const backlog = await store.batches.backlog();
  return Object.fromEntries(
    backlog
      .filter(({ batches }) => batches !== 0)
      .map(({ state, batches, bytes }) => [state, [batches, bytes]]),
  );
}
