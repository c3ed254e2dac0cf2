import { LoadFailure, type Session } from '../destinations/session.ts';
import type { LoadResult } from '../model/load-result.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import { planOf } from './run-load.ts';

/**
 * So often whoever carried a load was gone before it could say how it went: then the load itself is under suspicion.
 * Once may be a machine that was switched off.
 */
const CRASHES_BEFORE_SUSPICION = 2;
/** A batch that was alone in its load, and so often nobody lived to tell, is not loaded any more. */
const MOST_CRASHES = 5;

/** Nobody lived through this load, so often that it may be to blame. */
export const isUnderSuspicion = ({ crashes }: PlannedLoad): boolean => crashes >= CRASHES_BEFORE_SUSPICION;

/** Why a load under suspicion waits. */
export const underSuspicion = ({ crashes }: PlannedLoad): LoadFailure =>
  new LoadFailure('passing', `The server ended ${crashes} times while it loaded this table.`, {
    remedy: 'The batches are tried again in a moment, one by one. See in the log of the server why it ended.',
    code: 'crashed',
  });

/** Its only batch has ended its loader often enough. */
const isPoison = ({ crashes, batches }: PlannedLoad): boolean =>
  crashes >= MOST_CRASHES && batches.length === 1 && batches[0]?.suspect === true;

/**
 * What became of a load that was to be taken apart. `done`: it stands in the destination. `poison`: its only batch is
 * not to be loaded any more. `alone`: it has a single batch, which is marked now. `gone`: smaller loads stand in its
 * place, or somebody else has it.
 */
export type Isolation =
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'poison'; readonly reason: string }
  | { readonly kind: 'alone' | 'gone' };

/**
 * Cuts a load in two, which are cut again when they are taken, until each batch is alone: so at most five attempts
 * find the batch that is to blame, and the others are loaded.
 * @throws {LoadFailure} the destination does not say whether the load stands there.
 */
export async function takeApart(
  load: PlannedLoad,
  session: Session,
  store: Pick<Store, 'loads'>,
  signal: AbortSignal,
): Promise<Isolation> {
  const result = await session.settle(planOf(load), signal);
  if (result !== null) return { kind: 'done', result };
  const { loadId, fence, crashes } = load;
  if (isPoison(load)) {
    const reason = `The server ended ${crashes} times while it loaded this batch, the last times with nothing else in the load.`;
    return { kind: 'poison', reason };
  }
  return { kind: (await store.loads.split({ loadId, fence })) === 'suspect' ? 'alone' : 'gone' };
}
