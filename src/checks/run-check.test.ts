import { expect, test } from 'vitest';
import type { CheckContext, DestinationType } from '../destinations/destination.ts';
import { Failure } from '../errors/failure.ts';
import { systemClock } from '../lib/clock.ts';
import type { Log, LogFacts } from '../lib/log.ts';
import type { CheckOutcome, CheckStep } from '../model/check.ts';
import type { Network } from '../network/network.ts';
import { type CheckJob, runCheck } from './run-check.ts';

/** These connectors connect nowhere. */
const unused = {} as Network;

const passed = (name: string): CheckStep => ({
  name,
  status: 'passed',
  milliseconds: 1,
  message: 'Fine.',
  remedy: null,
  code: null,
});
const succeeded: CheckOutcome = { steps: [passed('connect')], failure: null, refused: false };

/** A destination type whose check does what the test says. */
const typeThat = (check: (context: CheckContext) => Promise<CheckOutcome>): DestinationType => ({
  type: 'scripted',
  title: 'Scripted',
  details: { pricingTier: 'standard', pipelineState: 'released', protocol: 'scripted' },
  form: {
    steps: [{ type: 'form', properties: [password] }],
    v3Order: ['password'],
    tolerated: [],
    rules: [],
  },
  connector: async () => ({
    capabilities: { sshTunnel: true, schemas: false },
    resolve: (properties) => properties,
    check: async (_settings, context) => await check(context),
  }),
});
const password = {
  name: 'password',
  isRequired: true,
  isCredential: true,
  systemProvided: false,
  propertyType: 'user_provided',
  jsonSchema: { type: 'string' },
  natural: 'string',
  help: 'Signs in.',
} as const;

const jobOf = (type: DestinationType | undefined, changes: Partial<CheckJob> = {}): CheckJob => ({
  name: '1.2.check.x',
  uuid: 'x',
  origin: 'saved',
  typeName: 'scripted',
  type,
  openProperties: () => ({ password: 'canary-7f3a' }),
  ssh: { publicKey: 'ssh-ed25519 AAAA backstitch', openPrivateKey: () => 'private', hostKeys: [] },
  schemas: [],
  signal: new AbortController().signal,
  onStep: () => {},
  ...changes,
});

function surroundings(deadlineMilliseconds = 5_000) {
  const lines: LogFacts[] = [];
  const write = (facts: LogFacts, message: string) => void lines.push({ ...facts, message });
  const log: Log = { debug: write, info: write, warn: write, error: write, fatal: write, child: () => log };
  return { network: unused, clock: systemClock, log, deadlineMilliseconds, graceMilliseconds: 10, lines };
}

test('what the connector finds is the outcome, and becomes a result for the store', async () => {
  const { outcome, completed } = await runCheck(jobOf(typeThat(async () => succeeded)), surroundings());
  expect(outcome).toBe(succeeded);
  expect(completed).toMatchObject({ uuid: 'x', origin: 'saved', failed: false, refused: false, error: null });
});

test('a failed step gives the error text: what happened, then what helps', async () => {
  const failure: CheckStep = {
    ...passed('sign_in'),
    status: 'failed',
    message: 'The password is wrong.',
    remedy: 'Set the right one.',
    code: 'wrong_password',
  };
  const type = typeThat(async () => ({ steps: [failure], failure, refused: true }));
  const { completed } = await runCheck(jobOf(type), surroundings());
  expect(completed).toMatchObject({
    failed: true,
    refused: true,
    error: 'The password is wrong. Set the right one.',
  });
});

test('a connector that crashes gives a failed check, and a log line without the credentials', async () => {
  const around = surroundings();
  const type = typeThat(async ({ onStep }) => {
    onStep('connect', null);
    throw new TypeError('cannot read canary-7f3a of undefined');
  });
  const { outcome } = await runCheck(jobOf(type), around);
  expect(outcome.failure).toMatchObject({ name: 'connect', code: 'internal_error', status: 'failed' });
  expect(around.lines).toHaveLength(1);
  expect(around.lines[0]).toMatchObject({ check: '1.2.check.x', bug: expect.stringContaining('[hidden]') });
  expect(JSON.stringify([around.lines, outcome])).not.toContain('canary');
});

test('a connector that hangs is ended at the deadline, with the steps so far', async () => {
  const type = typeThat(({ onStep, signal }) => {
    onStep('connect', passed('connect'));
    onStep('sign_in', null);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const { outcome } = await runCheck(jobOf(type), surroundings(50));
  expect(outcome.steps.map(({ name, status }) => [name, status])).toEqual([
    ['connect', 'passed'],
    ['sign_in', 'failed'],
  ]);
  expect(outcome.failure).toMatchObject({ code: 'timeout' });
});

test('a connector that does not even heed its signal is ended all the same', async () => {
  const { outcome } = await runCheck(jobOf(typeThat(() => new Promise(() => {}))), surroundings(10));
  expect(outcome.failure).toMatchObject({ code: 'timeout' });
});

test('an end from outside is thrown, not stored as a result', async () => {
  const owner = new AbortController();
  const type = typeThat(async ({ onStep }) => {
    onStep('connect', null);
    owner.abort(new Error('the server stops'));
    return succeeded;
  });
  await expect(runCheck(jobOf(type, { signal: owner.signal }), surroundings())).rejects.toThrow(
    'server stops',
  );
});

test('a credential that cannot be opened fails the check with its remedy', async () => {
  const openProperties = () => {
    throw new Failure('SecretUnreadable', 'The stored password is damaged.', { remedy: 'Set it again.' });
  };
  const { outcome, completed } = await runCheck(
    jobOf(
      typeThat(async () => succeeded),
      { openProperties },
    ),
    surroundings(),
  );
  expect(outcome.failure).toMatchObject({ name: 'settings', code: 'secret_unreadable' });
  expect(completed.error).toBe('The stored password is damaged. Set it again.');
});

test("an account's damaged SSH key fails only the check that opens a tunnel", async () => {
  const ssh = {
    publicKey: '',
    hostKeys: [],
    openPrivateKey: () => {
      throw new Failure('SecretUnreadable');
    },
  };
  const direct = await runCheck(
    jobOf(
      typeThat(async () => succeeded),
      { ssh },
    ),
    surroundings(),
  );
  expect(direct.outcome.failure).toBeNull();
  const tunnelled = typeThat(async (context) => {
    context.onStep('ssh', null);
    return { ...succeeded, refused: context.ssh.privateKey === '' };
  });
  const { outcome } = await runCheck(jobOf(tunnelled, { ssh }), surroundings());
  expect(outcome.failure).toMatchObject({ name: 'ssh', code: 'secret_unreadable' });
});

test('a failure that a later try can do without is thrown', async () => {
  const type = typeThat(async () => {
    throw new Failure('StoreUnavailable');
  });
  await expect(runCheck(jobOf(type), surroundings())).rejects.toMatchObject({ code: 'StoreUnavailable' });
});

test('a type that this build does not know, or cannot connect, is a plain failure', async () => {
  const unconnected = { ...typeThat(async () => succeeded), connector: null };
  for (const type of [undefined, unconnected]) {
    const { outcome } = await runCheck(jobOf(type), surroundings());
    expect(outcome.failure).toMatchObject({ name: 'settings', code: 'type_unavailable' });
  }
});

test('host keys: the pinned one is offered to the connector, the seen one handed to the store', async () => {
  let pinned: (string | null)[] = [];
  const type = typeThat(async ({ ssh }) => {
    pinned = [ssh.pinnedHostKey('bastion', 22), ssh.pinnedHostKey('bastion', 2222)];
    ssh.onHostKey('bastion', 22, 'ssh-ed25519 BBBB');
    return succeeded;
  });
  const hostKeys = [{ host: 'bastion', port: 22, pinned: 'ssh-ed25519 AAAA', seen: null }];
  const { completed } = await runCheck(
    jobOf(type, { ssh: { ...jobOf(type).ssh, hostKeys } }),
    surroundings(),
  );
  expect(pinned).toEqual(['ssh-ed25519 AAAA', null]);
  expect(completed.hostKeys).toEqual([{ host: 'bastion', port: 22, key: 'ssh-ed25519 BBBB' }]);
});
