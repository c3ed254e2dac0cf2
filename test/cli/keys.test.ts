import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rotationSteps } from '../../src/store/rotate-master-key.ts';
import { type CommandLine, createCommandLine, type TestServer } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const token = 'token-of-the-key-tests-0123456789abcdef';
const env = { BACKSTITCH_TOKEN: token };
const dying = 'test/support/rotate-and-die.ts';
let database: TestDatabase;
let cli: CommandLine;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => {
  cli = createCommandLine();
});
afterEach(() => cli[Symbol.asyncDispose]());

const keyFile = () => path.join(cli.data, 'master.key');
const nextFile = () => `${keyFile()}.next`;

/** The seed's PUT or POST; without a password, the stored one is opened and tried. */
async function write(server: TestServer, request: string, password?: string) {
  const [method = '', where = ''] = request.split(' ');
  const { host, port, user: username, database: name } = database;
  const connection = { host, port, username, database: name, ...(password && { password }), ssl: false };
  return await server.call(token, method, where, { type: 'postgres', connection });
}

const works = { status: 200, body: { id: 1, last_check: { error: false } } };
const create = (server: TestServer) => write(server, 'POST /v3/destinations', database.password);
const signIn = (server: TestServer) => write(server, 'PUT /v3/destinations/1');

describe('the data key', () => {
  test('is replaced while a server runs, which goes on reading and writing credentials', async () => {
    await using server = await cli.serve(env);
    expect(await create(server)).toMatchObject(works);
    // The destination's password and the account's SSH key.
    expect(await cli.json(['keys', 'rotate'])).toEqual({ rotated: 'data', resealed: 2 });
    expect(await signIn(server)).toMatchObject(works);
    expect(await write(server, 'PUT /v3/destinations/1', database.password)).toMatchObject(works);
  });

  test('survives kill -9 before each of its steps, and the next rotation carries on', async () => {
    await using server = await cli.serve(env);
    await create(server);
    for (const step of ['activate', 'reseal', 'retire']) {
      await using rotation = cli.start(['data', step], dying);
      expect(await rotation.ended, rotation.errors.join('\n')).toBe('SIGKILL');
      expect(await signIn(server)).toMatchObject(works);
    }
    // It opens every credential.
    expect(await cli.json(['keys', 'rotate'])).toMatchObject({ rotated: 'data' });
    expect(await signIn(server)).toMatchObject(works);
  });
});

describe('the master key', () => {
  test('is replaced while a server runs, and a data key after it; both survive a restart', async () => {
    {
      await using server = await cli.serve(env);
      await create(server);
      const before = readFileSync(keyFile(), 'utf8');
      expect(await cli.json(['keys', 'rotate', '--master'])).toEqual({ rotated: 'master' });
      await cli.json(['keys', 'rotate']);
      expect(await signIn(server)).toMatchObject(works);
      expect(await write(server, 'PUT /v3/destinations/1', database.password)).toMatchObject(works);
      expect(readFileSync(keyFile(), 'utf8')).not.toBe(before);
      expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
      expect(existsSync(nextFile())).toBe(false);
    }
    await using restarted = await cli.serve(env);
    expect(await signIn(restarted)).toMatchObject(works);
  });

  test.each(rotationSteps)('survives kill -9 before the step "%s"', async (step) => {
    {
      await using server = await cli.serve(env);
      await create(server);
      await using rotation = cli.start(['master', step], dying);
      expect(await rotation.ended, rotation.errors.join('\n')).toBe('SIGKILL');
    }
    await using restarted = await cli.serve(env);
    expect(await signIn(restarted)).toMatchObject(works);
  });

  test('that the configuration gives is replaced by a given one', async () => {
    const [oldKey, newKey] = [randomBytes(32).toString('hex'), randomBytes(32).toString('base64')];
    const withKey = (key: string) => ({ env: { ...env, BACKSTITCH_MASTER_KEY: key } });
    await using _server = await cli.serve(withKey(oldKey).env);
    const file = path.join(cli.data, 'new-key');
    writeFileSync(file, newKey, { mode: 0o600 });

    const unsaid = await cli.run(['keys', 'rotate', '--master'], withKey(oldKey));
    expect(unsaid.code).toBe(2);
    expect(unsaid.err).toContain('--new-key-file');
    const rotated = await cli.run(['keys', 'rotate', '--master', '--new-key-file', file], withKey(oldKey));
    expect(rotated).toMatchObject({ code: 0, out: 'the master key is replaced\n' });
    const refused = await cli.run(['accounts', 'list'], withKey(oldKey));
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('master key');
    expect((await cli.run(['accounts', 'list'], withKey(newKey))).code).toBe(0);
    expect(existsSync(keyFile())).toBe(false);
  });

  test('of another store is refused, by a command and by the server', async () => {
    {
      await using _firstStart = await cli.serve(env);
    }
    writeFileSync(keyFile(), `${randomBytes(32).toString('hex')}\n`);
    for (const command of [
      ['accounts', 'list'],
      ['serve', '--port', '0'],
    ]) {
      const { code, err } = await cli.run(command, { asProcess: true });
      expect(code).toBe(4);
      expect(err).toContain('is not the master key of this store');
    }
  });
});
