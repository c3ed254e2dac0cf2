import { Failure } from '../../errors/failure.ts';
import type { Account } from '../../model/account.ts';
import type { Destination } from '../../model/destination.ts';
import type { Installation } from '../installation.ts';
import { runCheck } from '../run-check.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** So many destinations are checked at once. */
const atOnce = 4;
const patience = 60_000;

/** A destination with the account that owns it. */
interface Owned {
  readonly account: Account;
  readonly destination: Destination;
}

/** All destinations of accounts that are not suspended. */
export async function ownedDestinations({ store }: Pick<Installation, 'store'>): Promise<Owned[]> {
  const accounts = await store.accounts.list({ partnerId: null });
  const lists = accounts
    .filter(({ suspendedAt }) => suspendedAt === null)
    .map(async (account) =>
      (await store.destinations.list(account.id)).map((destination) => ({ account, destination })),
    );
  return (await Promise.all(lists)).flat();
}

/** Checks each destination as an update would, a few at a time; findings come in the order of the destinations. */
export async function examineDestinations(
  installation: Installation,
  owned: readonly Owned[],
  headStartMilliseconds: number,
): Promise<Finding[]> {
  if (owned.length === 0) return [ok('destinations', 'there are none yet')];
  const findings: Finding[] = [];
  const waiting = [...owned.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, one] = next;
      findings[index] = await examineDestination(installation, one, headStartMilliseconds);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return findings;
}

async function examineDestination(
  installation: Installation,
  { account, destination }: Owned,
  headStartMilliseconds: number,
): Promise<Finding> {
  const subject = `destination ${destination.id}`;
  const name = `${destination.name} (${destination.type}, account ${account.id})`;
  try {
    const check = await runCheck(installation, {
      accountId: account.id,
      id: destination.id,
      waitMilliseconds: patience,
      headStartMilliseconds,
    });
    const failed = check.steps.find(({ status }) => status === 'failed');
    if (check.status === 'failed') {
      const what = failed ? `${failed.name}: ${failed.message}` : (check.error ?? 'the check failed');
      return problem(subject, `${name} ${what}`, failed?.remedy ?? seeCheck(account.id, destination.id));
    }
    const doubtful = check.steps.find(({ status }) => status === 'warning');
    return doubtful
      ? warning(
          subject,
          `${name} ${doubtful.name}: ${doubtful.message}`,
          doubtful.remedy ?? seeCheck(account.id, destination.id),
        )
      : ok(subject, `${name} works`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return warning(subject, `${name} ${error.message}`, error.remedy ?? seeCheck(account.id, destination.id));
  }
}

const seeCheck = (account: number, id: number): string =>
  `See all of its steps with: backstitch destinations check ${id} --account ${account}`;
