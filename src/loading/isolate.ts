import { LoadFailure } from '../destinations/session.ts';
import type { LoadResult } from '../model/load-result.ts';
import { crashesBeforeSuspicion, type PlannedLoad } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import { planOf } from './run-load.ts';
import type { Runner } from './runner.ts';

/** A batch that was alone in its load, and so often nobody lived to tell, is not loaded any more. */
const MOST_CRASHES = 5;

/** Nobody lived through this load, so often that it may be to blame. */
export const isUnderSuspicion = ({ crashes }: PlannedLoad): boolean => crashes >= crashesBeforeSuspicion;

/** Why a load under suspicion waits. */
export const underSuspicion = ({ crashes }: PlannedLoad): LoadFailure =>
  new LoadFailure('passing', `The server ended ${crashes} times while it loaded this table.`, {
    remedy:
      'The batches are tried again in a moment, few at a time. See in the log of the server why it ended.',
    code: 'crashed',
  });

/** Its only batch has ended its loader often enough. */
const isPoison = ({ crashes, batches }: PlannedLoad): boolean =>
  crashes >= MOST_CRASHES && batches.length === 1 && batches[0]?.suspect === true;

/**
 * What became of a load that was to be taken apart. `done`: it stands in the destination. `poison`: its only batch is
 * not to be loaded any more. `whole`: it is small enough, and marked; load it now. `gone`: smaller loads stand in its
 * place, or somebody else has it.
 */
export type Isolation =
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'poison'; readonly reason: string }
  | { readonly kind: 'whole' | 'gone' };

export interface IsolationParts {
  readonly session: Runner;
  readonly store: Pick<Store, 'loads'>;
  readonly signal: AbortSignal;
}

/**
 * For a load that nobody lived through. It is cut into as many parts as a part has batches, and the part that ends its
 * loader again into single batches. So the fifth attempt at the latest finds the batch that is to blame, and of a
 * thousand batches that are not, for somebody else has killed us, all stand after thirty loads.
 * @throws {LoadFailure} the destination does not say whether the load stands there.
 */
export async function narrowDown(load: PlannedLoad, parts: IsolationParts): Promise<Isolation> {
  const result = await parts.session.settle(planOf(load), parts.signal);
  if (result !== null) return { kind: 'done', result };
  const { crashes, batches } = load;
  if (isPoison(load)) {
    const reason = `The server ended ${crashes} times while it loaded this batch, the last times with nothing else in the load.`;
    return { kind: 'poison', reason };
  }
  const isPart = batches.every(({ suspect }) => suspect);
  if (!isPart) {
    const size = Math.ceil(Math.sqrt(batches.length));
    return await cut(load, size, crashesBeforeSuspicion, parts);
  }
  const hasCrashedSince = crashes > crashesBeforeSuspicion;
  return batches.length > 1 && hasCrashedSince ? await cut(load, 1, crashes, parts) : { kind: 'whole' };
}

/**
 * For a load that met a bug and left us alive: cuts it in two, again and again, until the batch that is to blame is alone.
 * @throws {LoadFailure} as {@link narrowDown}.
 */
export async function halve(load: PlannedLoad, parts: IsolationParts): Promise<Isolation> {
  const result = await parts.session.settle(planOf(load), parts.signal);
  if (result !== null) return { kind: 'done', result };
  const { loadId, fence, crashes } = load;
  await parts.store.loads.split({ loadId, fence, parts: 2, crashes, mark: false });
  return { kind: 'gone' };
}

async function cut(
  { loadId, fence, batches }: PlannedLoad,
  size: number,
  crashes: number,
  { store }: IsolationParts,
): Promise<Isolation> {
  const parts = Math.max(2, Math.ceil(batches.length / size));
  const recut = await store.loads.split({ loadId, fence, parts, crashes, mark: true });
  return { kind: recut === 'suspect' ? 'whole' : 'gone' };
}
