import { setTimeout as pause } from 'node:timers/promises';
import type { Checks } from '../checks/checks.ts';
import type { Config } from '../config/options.ts';
import { Failure } from '../errors/failure.ts';
import type { Check } from '../model/check.ts';
import { findOwner } from '../store/sqlite/server-lock.ts';
import type { Installation } from './installation.ts';

interface CheckRequest {
  readonly accountId: number;
  readonly id: number;
  readonly waitMilliseconds: number;
  /** As {@link serverHeadStart} finds it. */
  readonly headStartMilliseconds: number;
}

/** Longer than a server takes to notice a check that another process has asked for. */
const noticeMilliseconds = 3000;

/** How long a server may take to begin with a check before this process runs it: no time where none runs. */
export function serverHeadStart({ store, data }: Config): number {
  return store === 'sqlite' && findOwner(data) === null ? 0 : noticeMilliseconds;
}

/**
 * Starts a check of a stored destination and waits for its end. A server on the same store runs it; where there is
 * none, this process does.
 * @throws {Failure} InvalidId; Overloaded when it has not ended in time.
 */
export async function runCheck(installation: Installation, request: CheckRequest): Promise<Check> {
  const { checks, destinations, store } = installation;
  const { accountId, id, waitMilliseconds, headStartMilliseconds } = request;
  const asked = await destinations.check({ accountId, actor: 'cli' }, id, { waitMilliseconds: 0 });
  const ended = checks.wait(accountId, asked.checkName, waitMilliseconds);
  if (headStartMilliseconds > 0) await Promise.race([ended, pause(headStartMilliseconds)]);
  const begun = await store.checks.get(accountId, asked.checkName);
  if (begun?.status === 'waiting') runHere(checks);
  const check = await ended;
  if (check?.status === 'succeeded' || check?.status === 'failed') return check;
  throw new Failure('Overloaded', `the check of destination ${id} has not ended yet`, {
    remedy: `Other checks of account ${accountId} may be before it, or its checks a minute are used up. Try again in a minute.`,
  });
}

const running = new WeakSet<Checks>();

/** Begins to run checks in this process, unless it does. */
function runHere(checks: Checks): void {
  if (running.has(checks)) return;
  running.add(checks);
  checks.start();
}
