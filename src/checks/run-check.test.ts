import { expect, test } from 'vitest';
import {
  failedStep,
  passedStep,
  type ScriptedCheck,
  scriptedType,
  success,
  untilAborted,
} from '../../test/support/scripted-type.ts';
import { Failure } from '../errors/failure.ts';
import { systemClock } from '../lib/clock.ts';
import type { Log, LogFacts } from '../lib/log.ts';
import { createNetwork } from '../network/create-network.ts';
import { type CheckJob, runCheck } from './run-check.ts';

const job: CheckJob = {
  name: '1.2.check.x',
  uuid: 'x',
  origin: 'saved',
  typeName: 'scripted',
  type: undefined,
  openProperties: async () => ({ host: 'warehouse', password: 'canary-7f3a' }),
  ssh: { publicKey: 'ssh-ed25519 AAAA backstitch', openPrivateKey: () => 'private', hostKeys: [] },
  schemas: [],
  signal: new AbortController().signal,
  onStep: () => {},
};

const damaged = () => {
  throw new Failure('SecretUnreadable', 'The stored value is damaged.', { remedy: 'Set it again.' });
};

/** Runs a check with a connector that does this. */
async function run(check: ScriptedCheck, changes: Partial<CheckJob> = {}, deadlineMilliseconds = 5_000) {
  const lines: LogFacts[] = [];
  const write = (facts: LogFacts, message: string) => void lines.push({ ...facts, message });
  const log: Log = { debug: write, info: write, warn: write, error: write, fatal: write, child: () => log };
  const network = createNetwork({ policy: 'private', allow: [], egressAddresses: [] });
  const surroundings = { network, clock: systemClock, log, deadlineMilliseconds, graceMilliseconds: 10 };
  const proof = await runCheck({ ...job, type: scriptedType(check), ...changes }, surroundings);
  return { ...proof, lines };
}

test('what the connector finds is the outcome, and becomes a result for the store', async () => {
  const { outcome, completed } = await run(async () => success);
  expect(outcome).toBe(success);
  expect(completed).toMatchObject({ uuid: 'x', origin: 'saved', failed: false, refused: false, error: null });
});

test('a failed step gives the error text: what happened, then what helps', async () => {
  const failure = failedStep('sign_in', 'wrong_password');
  const { completed } = await run(async () => ({ steps: [failure], failure, refused: true }));
  expect(completed).toMatchObject({ failed: true, refused: true, error: 'It does not work. Make it work.' });
});

test('a connector that crashes gives a failed check, and a log line without the credentials', async () => {
  const { outcome, lines } = await run(async ({ onStep }) => {
    onStep('connect', null);
    throw new TypeError('cannot read canary-7f3a of undefined');
  });
  expect(outcome.failure).toMatchObject({ name: 'connect', code: 'internal_error', status: 'failed' });
  expect(lines).toMatchObject([
    { check: '1.2.check.x', err: { stack: expect.stringContaining('redacted') } },
  ]);
  expect(JSON.stringify([lines, outcome])).not.toContain('canary');
});

test('a connector that hangs is ended at the deadline, with the steps so far', async () => {
  const hanging: ScriptedCheck = async ({ onStep, signal }) => {
    onStep('connect', passedStep('connect'));
    onStep('sign_in', null);
    return await untilAborted(signal);
  };
  const { outcome } = await run(hanging, {}, 10);
  expect(outcome.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'connect passed',
    'sign_in failed',
  ]);
  expect(outcome.failure).toMatchObject({ code: 'timeout' });
});

test('a connector that does not even heed its signal is ended all the same', async () => {
  const { outcome } = await run(() => new Promise(() => {}), {}, 10);
  expect(outcome.failure).toMatchObject({ code: 'timeout' });
});

test('an end from outside is thrown, even if the connector has an outcome by then', async () => {
  const owner = new AbortController();
  const check: ScriptedCheck = async () => {
    owner.abort(new Error('the lease was lost'));
    return success;
  };
  await expect(run(check, { signal: owner.signal })).rejects.toThrow('the lease was lost');
});

test('a credential that cannot be opened fails the check with its remedy', async () => {
  const { outcome, completed } = await run(async () => success, { openProperties: async () => damaged() });
  expect(outcome.failure).toMatchObject({ name: 'settings', code: 'secret_unreadable' });
  expect(completed.error).toBe('The stored value is damaged. Set it again.');
});

test("an account's damaged SSH key fails only the check that opens a tunnel", async () => {
  const ssh = { ...job.ssh, openPrivateKey: damaged };
  const direct = await run(async () => success, { ssh });
  expect(direct.outcome.failure).toBeNull();
  const tunnelled = await run(
    async (context) => {
      context.onStep('ssh', null);
      return { ...success, refused: context.ssh.privateKey === '' };
    },
    { ssh },
  );
  expect(tunnelled.outcome.failure).toMatchObject({ name: 'ssh', code: 'secret_unreadable' });
});

test('a failure that a later try can do without is thrown', async () => {
  const check = async () => {
    throw new Failure('StoreUnavailable');
  };
  await expect(run(check)).rejects.toMatchObject({ code: 'StoreUnavailable' });
});

test('a type that this build does not know, or cannot connect, is a plain failure', async () => {
  const unconnected = { ...scriptedType(async () => success), connector: null };
  for (const type of [undefined, unconnected]) {
    const { outcome } = await run(async () => success, { type });
    expect(outcome.failure).toMatchObject({ name: 'settings', code: 'type_unavailable' });
  }
});

test('host keys: the pinned one is offered to the connector, the seen one handed to the store', async () => {
  let offered: (string | null)[] = [];
  const check: ScriptedCheck = async ({ ssh }) => {
    offered = [ssh.pinnedHostKey('bastion', 22), ssh.pinnedHostKey('bastion', 2222)];
    ssh.onHostKey('bastion', 22, 'ssh-ed25519 BBBB');
    return success;
  };
  const hostKeys = [{ host: 'bastion', port: 22, pinned: 'ssh-ed25519 AAAA', seen: null }];
  const { completed } = await run(check, { ssh: { ...job.ssh, hostKeys } });
  expect(offered).toEqual(['ssh-ed25519 AAAA', null]);
  expect(completed.hostKeys).toEqual([{ host: 'bastion', port: 22, key: 'ssh-ed25519 BBBB' }]);
});
