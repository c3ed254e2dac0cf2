import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ControlRoom,
  openControlRoom,
  plainWrite,
  postgresProperties,
  strictUpdate,
  strictWrite,
  type Visitor,
} from '../support/control-room.ts';
import { failedStep, success } from '../support/scripted-type.ts';

let room: ControlRoom;
let visitor: Visitor;
const checked: string[] = [];

beforeAll(async () => {
  room = await openControlRoom({
    async check(_, { host, password }) {
      checked.push(`${password} at ${host}`);
      if (password !== 'wrong') return success;
      const failure = failedStep('sign_in', 'wrong_password');
      return { steps: [failure], failure, refused: true };
    },
  });
  visitor = await room.enter();
});
afterAll(async () => await room[Symbol.asyncDispose]());

const whole = async (id: number) =>
  JSON.stringify(await room.store.destinations.secrets(visitor.account.id, id));

async function create() {
  const request = { type: 'postgres', properties: postgresProperties() };
  return (
    await room.destinations.create(visitor.caller, request, { strict: false, waitMilliseconds: 10_000 })
  ).destination;
}

describe('a strict update', () => {
  test('that works is made, and its proof is the last check', async () => {
    const { id } = await create();
    const { destination, checkName } = await room.destinations.update(
      visitor.caller,
      id,
      { properties: { host: 'other.example.com', password: '**********' }, complete: false },
      strictUpdate,
    );
    expect(destination).toMatchObject({
      revision: 2,
      properties: { host: 'other.example.com' },
      checkJobName: checkName,
      lastCheck: { name: checkName, revision: 2, error: false },
    });
    expect(checked.at(-1)).toBe('first-password at other.example.com');
  });

  test('that does not work changes nothing and stays in the history of checks', async () => {
    const { id, lastCheck } = await create();
    const before = await whole(id);
    const attempt = room.destinations.update(
      visitor.caller,
      id,
      { properties: { password: 'wrong', database: 'other' }, complete: false },
      strictUpdate,
    );
    await expect(attempt).rejects.toMatchObject({
      code: 'CheckFailed',
      data: { steps: [expect.objectContaining({ name: 'sign_in', remedy: 'Make it work.' })] },
    });
    expect(await whole(id)).toBe(before);
    const [newest] = await room.store.checks.list(visitor.account.id, id, 10);
    expect(newest).toMatchObject({ origin: 'strict', status: 'failed', revision: 1 });
    expect(newest?.name).not.toBe(lastCheck?.name);
    expect(await room.store.destinations.history(visitor.account.id, id, 10)).toHaveLength(1);
  });

  test('that changes nothing is proved all the same', async () => {
    const { id } = await create();
    const { destination, checkName } = await room.destinations.update(
      visitor.caller,
      id,
      { properties: {}, complete: false },
      strictUpdate,
    );
    expect(destination).toMatchObject({ revision: 1, lastCheck: { name: checkName, error: false } });
  });
});

describe('a strict create', () => {
  test('that works is made with its proof', async () => {
    const { destination, checkName } = await room.destinations.create(
      visitor.caller,
      { type: 'postgres', properties: postgresProperties() },
      strictWrite,
    );
    expect(destination.lastCheck).toMatchObject({ name: checkName, revision: 1, error: false });
  });

  test('that does not work stores nothing', async () => {
    const other = await room.enter();
    const request = { type: 'postgres', properties: postgresProperties({ password: 'wrong' }) };
    await expect(room.destinations.create(other.caller, request, strictWrite)).rejects.toMatchObject({
      code: 'CheckFailed',
      data: { steps: [expect.objectContaining({ code: 'wrong_password' })] },
    });
    expect(await room.store.destinations.list(other.account.id)).toEqual([]);
  });
});

describe('a check without saving', () => {
  const { signal } = new AbortController();

  test('answers with its steps and stores nothing', async () => {
    const other = await room.enter();
    const properties = postgresProperties({ password: 'wrong' });
    const outcome = await room.destinations.tryOut(other.caller, 'postgres', properties, signal);
    expect(outcome).toMatchObject({ refused: true, failure: { code: 'wrong_password' } });
    expect(await room.store.destinations.list(other.account.id)).toEqual([]);
  });

  test('never uses a stored secret', async () => {
    await room.destinations.create(
      visitor.caller,
      { type: 'postgres', properties: postgresProperties() },
      plainWrite,
    );
    const properties = postgresProperties({ password: '**********' });
    const attempt = room.destinations.tryOut(visitor.caller, 'postgres', properties, signal);
    await expect(attempt).rejects.toMatchObject({
      code: 'InvalidProperties',
      data: { bad_properties: ['password'] },
    });
  });
});

test('proofs count against the checks an account may start in a minute', async () => {
  const other = await room.enter();
  await room.store.accounts.setQuota(other.account.id, { checksPerMinute: 1 });
  const request = { type: 'postgres', properties: postgresProperties({ password: 'wrong' }) };
  const attempt = () => room.destinations.create(other.caller, request, strictWrite);
  const codes = (await Promise.allSettled([attempt(), attempt(), attempt()])).map((result) =>
    result.status === 'rejected' ? result.reason.code : 'made',
  );
  expect(codes).toContain('TooManyRequests');
});
