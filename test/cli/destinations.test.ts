import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCommandLine, type TestServer } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const cli = createCommandLine();
const token = 'token-of-the-destinations-tests-0123456';
let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  [database, server] = await Promise.all([
    createTestDatabase(),
    cli.serve({ BACKSTITCH_TOKEN: token, BACKSTITCH_CLIENT_ID: '100' }),
  ]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await cli[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const settings = () => [
  `host=${database.host}`,
  `port=${database.port}`,
  `database=${database.database}`,
  `username=${database.user}`,
  'ssl=false',
];
const create = (...args: string[]) => [
  'destinations',
  'create',
  '--type',
  'postgres',
  ...settings(),
  ...args,
];

describe('a destination', () => {
  test('is created with a given id and proved first, and is the API’s too', async () => {
    const made = await cli.json<{ id: number }>(create('--id', '86741', '--strict', 'password=-'), {
      input: `${database.password}\n`,
    });
    expect(made).toMatchObject({ id: 86741, account_id: 100, last_check: { error: false } });
    const { body } = await server.call(token, 'GET', '/v4/destinations/86741');
    expect(body).toMatchObject({ id: 86741, type: 'postgres' });
  });

  test('is shown without its credentials', async () => {
    const { id } = await cli.json<{ id: number }>(create('password=-'), { input: database.password });
    const shown = await cli.run(['destinations', 'show', String(id)]);
    expect(shown.out).toMatch(/^password +\*{10}$/m);
    const json = await cli.json(['destinations', 'show', String(id)]);
    expect(json).toMatchObject({ credentials: ['password'], properties: { port: String(database.port) } });
    const list = await cli.run(['destinations', 'list', '--account', '100']);
    expect(list.out).toContain(`${id}  postgres`);
    expect(`${shown.out}${JSON.stringify(json)}${list.out}`).not.toContain(database.password);
  });

  test('is checked step by step; exit code 3 and the remedy when the check fails', async () => {
    const good = await cli.json<{ id: number }>(create('password=-'), { input: database.password });
    const passed = await cli.run(['destinations', 'check', String(good.id)]);
    expect(passed).toMatchObject({ code: 0, err: '' });
    expect(passed.out).toMatch(/^passed +sign_in/m);
    expect(passed.out).toContain('The check succeeded.');

    const bad = await cli.json<{ id: number }>(create('password=-'), { input: 'wrong' });
    const failed = await cli.run(['destinations', 'check', String(bad.id)]);
    expect(failed.code).toBe(3);
    expect(failed.out).toMatch(/^failed +sign_in.*\n +→ /m);
    const json = await cli.run(['destinations', 'check', String(bad.id), '--json']);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject({ status: 'failed' });
  });

  test('is not created strictly when its check fails', async () => {
    const before = await cli.json<unknown[]>(['destinations', 'list']);
    const { code, err } = await cli.run(create('--strict', 'password=-'), { input: 'wrong' });
    expect(code).toBe(3);
    expect(err).toMatch(/^ {2}sign_in: /m);
    expect(await cli.json(['destinations', 'list'])).toHaveLength(before.length);
  });

  test('whose properties cannot be used is refused with a reason for each', async () => {
    const { code, err } = await cli.run(create('nonsense=1', 'password=-'), { input: 'x' });
    expect(code).toBe(1);
    expect(err).toMatch(/^ {2}nonsense: /m);
  });

  test('is deleted once it is confirmed', async () => {
    const { id } = await cli.json<{ id: number }>(create('password=-'), { input: 'x' });
    expect((await cli.run(['destinations', 'delete', String(id)])).code).toBe(2);
    expect(await cli.json(['destinations', 'delete', String(id), '--yes'])).toEqual({
      id,
      deleted: true,
    });
    const { code, err } = await cli.run(['destinations', 'show', String(id)]);
    expect(code).toBe(1);
    expect(err).toContain(`account 100 has no destination ${id}`);
  });
});

test('no secret stands in the arguments of the server, however it was started', async () => {
  const args = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8');
  expect(args).toContain('serve');
  expect(args).not.toContain(token);
  const refused = await cli.run(create(`password=${database.password}`));
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('password is a credential');
  expect(refused.err).not.toContain(database.password);
});
