import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rotationSteps } from '../../src/store/rotate-master-key.ts';
import { type CommandLine, createCommandLine } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const token = 'token-of-the-key-tests-0123456789abcdef';
const env = { BACKSTITCH_TOKEN: token, BACKSTITCH_CLIENT_ID: '100' };
let database: TestDatabase;
let cli: CommandLine;

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database[Symbol.asyncDispose]();
});
beforeEach(() => {
  cli = createCommandLine();
});
afterEach(() => cli[Symbol.asyncDispose]());

const keyFile = () => path.join(cli.data, 'master.key');
const nextFile = () => `${keyFile()}.next`;
const connection = () => ({
  host: database.host,
  port: database.port,
  username: database.user,
  database: database.database,
  password: database.password,
  ssl: false,
});
/** Whether the stored password can be opened and is the right one. */
const signsIn = async () => (await cli.run(['destinations', 'check', '1'])).code === 0;

async function withDestination<T>(work: () => Promise<T>): Promise<T> {
  await using server = await cli.serve(env);
  const made = await server.call(token, 'POST', '/v3/destinations', {
    type: 'postgres',
    connection: connection(),
  });
  expect(made).toMatchObject({ status: 200, body: { id: 1 } });
  return await work();
}

describe('the data key', () => {
  test('is replaced while a server runs, which goes on reading and writing credentials', async () => {
    await using server = await cli.serve(env);
    const call = (method: string, where: string) =>
      server.call(token, method, where, { type: 'postgres', connection: connection() });
    await call('POST', '/v3/destinations');
    const rotated = await cli.json<{ resealed: number }>(['keys', 'rotate']);
    // The destination's password and the account's SSH key.
    expect(rotated).toEqual({ rotated: 'data', resealed: 2 });
    expect(await call('PUT', '/v3/destinations/1')).toMatchObject({ status: 200 });
    expect(await signsIn()).toBe(true);
  });
});

describe('the master key', () => {
  test('is replaced while a server runs, and a data key after it; both survive a restart', async () => {
    const before = await withDestination(async () => {
      const old = readFileSync(keyFile(), 'utf8');
      expect(await cli.json(['keys', 'rotate', '--master'])).toEqual({ rotated: 'master' });
      await cli.json(['keys', 'rotate']);
      expect(await signsIn()).toBe(true);
      return old;
    });
    expect(readFileSync(keyFile(), 'utf8')).not.toBe(before);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(existsSync(nextFile())).toBe(false);
    await using _restarted = await cli.serve(env);
    expect(await signsIn()).toBe(true);
  });

  test.each(rotationSteps)('survives kill -9 before the step "%s"', async (step) => {
    await withDestination(async () => {
      const killed = await cli.run([step], { file: 'test/support/rotate-and-die.ts' });
      expect(killed.signal).toBe('SIGKILL');
    });
    await using _restarted = await cli.serve(env);
    expect(await signsIn()).toBe(true);
  });

  test('that the configuration gives is replaced by a given one', async () => {
    const [oldKey, newKey] = [randomBytes(32).toString('hex'), randomBytes(32).toString('base64')];
    const withKey = (key: string) => ({ ...env, BACKSTITCH_MASTER_KEY: key });
    await using _server = await cli.serve(withKey(oldKey));
    const file = path.join(cli.data, 'new-key');
    writeFileSync(file, newKey, { mode: 0o600 });

    const unsaid = await cli.run(['keys', 'rotate', '--master'], { env: withKey(oldKey) });
    expect(unsaid.code).toBe(2);
    expect(unsaid.err).toContain('--new-key-file');
    const rotated = await cli.run(['keys', 'rotate', '--master', '--new-key-file', file], {
      env: withKey(oldKey),
    });
    expect(rotated).toMatchObject({ code: 0, out: 'the master key is replaced\n' });
    const refused = await cli.run(['accounts', 'list'], { env: withKey(oldKey) });
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('master key');
    expect((await cli.run(['accounts', 'list'], { env: withKey(newKey) })).code).toBe(0);
    expect(existsSync(keyFile())).toBe(false);
  });

  test('of another store is refused, by a command and by the server', async () => {
    await withDestination(async () => {});
    writeFileSync(keyFile(), `${randomBytes(32).toString('hex')}\n`);
    for (const command of [
      ['accounts', 'list'],
      ['serve', '--port', '0'],
    ]) {
      const { code, err } = await cli.run(command);
      expect(code).toBe(4);
      expect(err).toContain('is not the master key of this store');
    }
  });
});
