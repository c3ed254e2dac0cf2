import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StepEvent } from '../../src/checks/checks.ts';
import { until } from '../support/embedded-postgres.ts';
import { directedType } from './directed-type.ts';
import { type Director, startDirector } from './director.ts';
import { openScenario, type Scenario } from './scenario.ts';

let scenario: Scenario;
let director: Director;
beforeEach(async () => {
  scenario = await openScenario();
  director = await startDirector();
});
afterEach(async () => {
  await scenario[Symbol.asyncDispose]();
  await director[Symbol.asyncDispose]();
});

const long = 20_000;

describe('a waiting check', () => {
  test('is taken up, run with the opened credentials, and becomes the last check', async () => {
    const checks = scenario.startChecks();
    const events: StepEvent[] = [];
    checks.onStep((event) => events.push(event));
    const destination = await scenario.add({ host: director.host, password: 'open sesame' });
    const arrival = await director.next();
    expect(arrival.password).toBe('open sesame');
    expect((await scenario.readCheck(destination.checkJobName)).status).toBe('running');

    arrival.answer('pass');
    const check = await checks.wait(scenario.account.id, destination.checkJobName ?? '', long);
    expect(check).toMatchObject({ status: 'succeeded', error: null, revision: 1 });
    expect(check?.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'connect passed',
      'sign_in passed',
    ]);
    expect((await scenario.read(destination)).lastCheck).toMatchObject({ error: false, name: check?.name });
    expect(events.map(({ stepName, step }) => `${stepName} ${step?.status ?? 'begins'}`)).toEqual([
      'connect begins',
      'connect passed',
      'sign_in begins',
      'sign_in passed',
    ]);
  });

  test('that fails says what happened and what helps', async () => {
    const checks = scenario.startChecks();
    const destination = await scenario.add({ host: director.host });
    director.answerAll('fail');
    const check = await checks.wait(scenario.account.id, destination.checkJobName ?? '', long);
    expect(check).toMatchObject({ status: 'failed', error: 'It does not work. Make it work.' });
    expect(await scenario.read(destination)).toMatchObject({
      lastCheck: { error: true },
      systemPausedAt: expect.any(Number),
    });
  });

  test('that crashes its connector fails, is logged without credentials, and stops nobody else', async () => {
    const checks = scenario.startChecks();
    const crashing = await scenario.add({ host: director.host, password: 'canary-5512' });
    (await director.next()).answer('crash');
    const check = await checks.wait(scenario.account.id, crashing.checkJobName ?? '', long);
    expect(check?.steps.at(-1)).toMatchObject({ name: 'sign_in', code: 'internal_error' });
    expect(scenario.logLines.join('')).toContain('a connection check met a bug');
    expect(scenario.logLines.join('') + JSON.stringify(check)).not.toContain('canary');

    const next = await scenario.add({ host: director.host });
    (await director.next()).answer('pass');
    const after = await checks.wait(scenario.account.id, next.checkJobName ?? '', long);
    expect(after?.status).toBe('succeeded');
  });

  test('whose credential was damaged in the store fails with the remedy', async () => {
    const checks = scenario.startChecks();
    const one = await scenario.add({ host: director.host });
    (await director.next()).answer('pass');
    const other = await scenario.add({ host: director.host });
    (await director.next()).answer('pass');
    await checks.wait(scenario.account.id, other.checkJobName ?? '', long);
    // A seal that was moved to another destination does not open there.
    const foreign = await scenario.store.destinations.secrets(scenario.account.id, one.id);
    const own = await scenario.store.destinations.secrets(scenario.account.id, other.id);
    await scenario.store.destinations.reseal({
      kind: 'destination',
      id: other.id,
      from: own?.sealed ?? {},
      to: foreign?.sealed ?? {},
    });
    const requested = await scenario.request(other);
    const check = await checks.wait(scenario.account.id, requested.name, long);
    expect(check).toMatchObject({
      status: 'failed',
      steps: [{ name: 'settings', code: 'secret_unreadable', remedy: expect.stringContaining('again') }],
    });
    expect(director.arrived).toBe(2);
  });
});

test('a check that an update overtakes never becomes the last one; its name leads to the new result', async () => {
  const checks = scenario.startChecks();
  const before = await scenario.add({ host: director.host });
  const hanging = await director.next();
  await using newHost = await startDirector();
  const after = await scenario.move(before, { host: newHost.host });
  const names = [before.checkJobName ?? '', after.checkJobName ?? ''];
  expect(new Set(names).size).toBe(2);
  const waits = names.map(async (name) => await checks.wait(scenario.account.id, name, long));

  hanging.answer('fail');
  const arrival = await newHost.next();
  expect((await scenario.read(after)).lastCheck).toBeNull();
  arrival.answer('pass');
  for (const check of await Promise.all(waits))
    expect(check).toMatchObject({ name: names[1], status: 'succeeded', revision: 2 });
  expect((await scenario.read(after)).lastCheck).toMatchObject({ name: names[1], error: false });
  const history = await scenario.store.checks.list(scenario.account.id, after.id, 10);
  expect(history.map(({ status }) => status)).toEqual(['succeeded', 'superseded']);
});

test('an overtaken check that hangs is ended, so that the new settings need not wait for it', async () => {
  const checks = scenario.startChecks();
  const before = await scenario.add({ host: director.host });
  const hanging = await director.next();
  await using newHost = await startDirector();
  const after = await scenario.move(before, { host: newHost.host });
  await hanging.gone;
  (await newHost.next()).answer('pass');
  expect(await checks.wait(scenario.account.id, before.checkJobName ?? '', long)).toMatchObject({
    name: after.checkJobName,
    status: 'succeeded',
  });
});

test('a check that is asked for again goes on as long as its settings are the current ones', async () => {
  const checks = scenario.startChecks({ overtakenMilliseconds: 1 });
  const destination = await scenario.add({ host: director.host });
  const first = await director.next();
  const again = await scenario.request(destination);
  first.answer('pass');
  expect(await checks.wait(scenario.account.id, destination.checkJobName ?? '', long)).toMatchObject({
    name: destination.checkJobName,
    status: 'succeeded',
  });
  (await director.next()).answer('pass');
  expect((await checks.wait(scenario.account.id, again.name, long))?.status).toBe('succeeded');
});

describe('waiting', () => {
  test('gives the state reached when the time is up', async () => {
    const checks = scenario.startChecks();
    const { checkJobName } = await scenario.add({ host: director.host });
    await director.next();
    expect(await checks.wait(scenario.account.id, checkJobName ?? '', 1)).toMatchObject({
      status: 'running',
    });
  });

  test('for a check of another account, or for none, gives null', async () => {
    const checks = scenario.startChecks();
    const { checkJobName } = await scenario.add({ host: director.host });
    expect(await checks.wait(scenario.account.id + 1, checkJobName ?? '', long)).toBeNull();
    expect(await checks.wait(scenario.account.id, '1.1.check.x', long)).toBeNull();
  });
});

describe('a graceful stop', () => {
  test('ends what runs, hands it back and answers whoever waits; the next server runs it', async () => {
    const first = scenario.startChecks();
    const destination = await scenario.add({ host: director.host });
    const arrival = await director.next();
    const wait = first.wait(scenario.account.id, destination.checkJobName ?? '', long);
    await first[Symbol.asyncDispose]();
    await arrival.gone;
    expect((await wait)?.status).toMatch(/waiting|running/);
    expect((await scenario.readCheck(destination.checkJobName)).status).toBe('waiting');

    const second = scenario.startChecks();
    (await director.next()).answer('pass');
    const check = await second.wait(scenario.account.id, destination.checkJobName ?? '', long);
    expect(check?.status).toBe('succeeded');
  });

  test('gives proofs a while, then ends them, which is no fault of theirs', async () => {
    const checks = scenario.startChecks({ lastProofsMilliseconds: 10 });
    const proof = checks.prove(candidate());
    const failed = expect(proof).rejects.toMatchObject({ code: 'Overloaded' });
    await director.next();
    await checks[Symbol.asyncDispose]();
    await failed;
    await expect(checks.prove(candidate())).rejects.toMatchObject({ code: 'Overloaded' });
  });
});

const candidate = (destinationId: number | null = null) => ({
  accountId: scenario.account.id,
  destinationId,
  type: directedType,
  properties: { host: director.host, password: 'proposed' },
  origin: 'strict' as const,
});

describe('a proof', () => {
  test('runs the proposed settings and writes nothing', async () => {
    const checks = scenario.startChecks();
    const destination = await scenario.add({ host: director.host });
    (await director.next()).answer('pass');
    await checks.wait(scenario.account.id, destination.checkJobName ?? '', long);
    const state = async () => [
      await scenario.read(destination),
      await scenario.store.checks.list(scenario.account.id, destination.id, 10),
    ];
    const before = await state();

    const proof = checks.prove(candidate(destination.id));
    const arrival = await director.next();
    expect(arrival.password).toBe('proposed');
    arrival.answer('fail');
    const { outcome, completed } = await proof;
    expect(outcome).toMatchObject({ failure: { code: 'wrong_password' }, refused: true });
    expect(completed).toMatchObject({ origin: 'strict', failed: true, error: expect.any(String) });
    expect(await state()).toEqual(before);
  });

  test('finds room although another account has as many as it may that hang', async () => {
    const checks = scenario.startChecks({ proofs: 3, proofsPerAccount: 2 });
    const other = { ...candidate(), accountId: (await scenario.addAccount()).id };
    const hanging = [checks.prove(candidate()), checks.prove(candidate())];
    await expect(checks.prove(candidate())).rejects.toMatchObject({ code: 'TooManyRequests' });
    const proof = checks.prove(other);
    await until(() => expect(director.arrived).toBe(3));
    await expect(checks.prove(other)).rejects.toMatchObject({ code: 'Overloaded' });
    director.answerAll('pass');
    for (const { outcome } of await Promise.all([...hanging, proof])) expect(outcome.failure).toBeNull();
  });

  test('ends when its client goes away', async () => {
    const checks = scenario.startChecks();
    const client = new AbortController();
    const proof = checks.prove({ ...candidate(), signal: client.signal });
    const ended = expect(proof).rejects.toThrow('the client went away');
    const arrival = await director.next();
    client.abort(new Error('the client went away'));
    await ended;
    await arrival.gone;
  });
});

describe('the budget of an account', () => {
  test('refuses further proofs and says when to come back', async () => {
    const checks = scenario.startChecks();
    director.answerAll('pass');
    await scenario.store.accounts.setQuota(scenario.account.id, { checksPerMinute: 2 });
    // A minute that begins in between lets two more through.
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => checks.prove(candidate())));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ code: 'TooManyRequests' });
      expect(reason.data.retryAfterSeconds).toBeGreaterThan(0);
      expect(reason.data.retryAfterSeconds).toBeLessThanOrEqual(60);
    }
  });

  test('lets further checks of saved settings wait', async () => {
    await scenario.store.accounts.setQuota(scenario.account.id, { checksPerMinute: 0 });
    const checks = scenario.startChecks();
    const destination = await scenario.add({ host: director.host });
    expect(await checks.wait(scenario.account.id, destination.checkJobName ?? '', 300)).toMatchObject({
      status: 'waiting',
    });
    await scenario.store.accounts.setQuota(scenario.account.id, { checksPerMinute: null });
    (await director.next()).answer('pass');
    const check = await checks.wait(scenario.account.id, destination.checkJobName ?? '', long);
    expect(check?.status).toBe('succeeded');
  });
});

test('no more checks run at once than an account may have, and all of them run', async () => {
  // Of three, an account that is alone gets two: one stays free for the next account.
  const checks = scenario.startChecks({ concurrency: 3 });
  const destinations = await Promise.all(
    Array.from({ length: 6 }, async () => await scenario.add({ host: director.host })),
  );
  await until(() => expect(director.arrived).toBe(2));
  director.answerAll('pass');
  for (const { checkJobName } of destinations)
    expect(await checks.wait(scenario.account.id, checkJobName ?? '', long)).toMatchObject({
      status: 'succeeded',
    });
  expect(director.mostAtOnce).toBe(2);
});
