import { Failure } from '../errors/failure.ts';
import type { Check } from '../model/check.ts';
import type { Installation } from './installation.ts';

/**
 * Starts a check of a stored destination and waits for its end. It is run by a server on the same store, or else in
 * this process.
 * @throws {Failure} InvalidId; Overloaded when it has not ended in time.
 */
export async function runCheck(
  { checks, destinations }: Installation,
  accountId: number,
  id: number,
  waitMilliseconds: number,
): Promise<Check> {
  checks.start();
  const { checkName } = await destinations.check({ accountId, actor: 'cli' }, id, { waitMilliseconds: 0 });
  const check = await checks.wait(accountId, checkName, waitMilliseconds);
  if (check?.status === 'succeeded' || check?.status === 'failed') return check;
  throw new Failure('Overloaded', `the check of destination ${id} has not ended yet`, {
    remedy: `Other checks of account ${accountId} may be before it, or its checks a minute are used up. Try again in a minute.`,
  });
}
