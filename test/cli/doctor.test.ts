import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CommandLine, createCommandLine } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/embedded-postgres.ts';

const token = 'token-of-the-doctor-tests-0123456789abc';
const env = { BACKSTITCH_TOKEN: token, BACKSTITCH_CLIENT_ID: '100' };
let database: TestDatabase;
let cli: CommandLine;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  cli = createCommandLine();
  await using _firstStart = await cli.serve(env);
});
afterEach(() => cli[Symbol.asyncDispose]());

interface Diagnosis {
  readonly level: string;
  readonly findings: readonly { subject: string; level: string; message: string; remedy: string | null }[];
}

async function diagnose(variables: Record<string, string> = {}) {
  const { code, out, err } = await cli.run(['doctor', '--json'], { env: variables });
  expect(err).toBe('');
  const { level, findings } = JSON.parse(out) as Diagnosis;
  expect(code).toBe(level === 'problem' ? 1 : 0);
  return {
    level,
    of: (subject: string) => findings.filter((finding) => finding.subject === subject),
    bad: findings.filter((finding) => finding.level !== 'ok'),
  };
}

const createDestination = (port: number) =>
  cli.run(
    [
      'destinations',
      'add',
      '--type',
      'postgres',
      `host=${database.host}`,
      `port=${port}`,
      `database=${database.database}`,
      `username=${database.user}`,
      'ssl=false',
      'password=-',
      '--no-check',
    ],
    { input: database.password },
  );

describe('a healthy installation', () => {
  test('has nothing wrong, with a server and a destination', async () => {
    await using server = await cli.serve();
    await createDestination(database.port);
    const { bad, of } = await diagnose({ BACKSTITCH_PORT: new URL(server.address).port });
    // A password over plain text is allowed here, and worth a warning.
    expect(bad.filter(({ subject }) => subject !== 'destination 1')).toEqual([]);
    expect(bad.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(of('server')[0]?.message).toContain(`process ${server.pid}`);
    expect(of('destination 1')).toHaveLength(1);
  });

  test('reads well without a server', async () => {
    const { code, out } = await cli.run(['doctor']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ok {7}server +no server is running/m);
    expect(out).toContain('Everything is in order.');
  });
});

describe('a broken installation', () => {
  test('with an unknown variable names it and what was meant', async () => {
    const { bad } = await diagnose({ BACKSTITCH_PROT: '80' });
    expect(bad).toMatchObject([
      { subject: 'configuration', message: expect.stringContaining('BACKSTITCH_PORT') },
    ]);
  });

  test('that listens everywhere without TLS is warned', async () => {
    const { level, of } = await diagnose({ BACKSTITCH_HOST: '0.0.0.0' });
    expect(level).toBe('warning');
    expect(of('configuration')[0]?.message).toContain('without TLS');
  });

  test('with a key file that others can read says which command closes it', async () => {
    const file = path.join(cli.data, 'master.key');
    chmodSync(file, 0o644);
    const { of } = await diagnose();
    expect(of('master key')[0]).toMatchObject({
      level: 'problem',
      remedy: expect.stringContaining(`chmod 600 ${file}`),
    });
  });

  test('with a folder that others can write to says which command closes it', async () => {
    chmodSync(cli.data, 0o777);
    const { of } = await diagnose();
    expect(of('data folder')[0]).toMatchObject({ level: 'problem', remedy: `chmod 700 ${cli.data}` });
  });

  test('with the wrong key, or none, says so', async () => {
    const file = path.join(cli.data, 'master.key');
    writeFileSync(file, randomBytes(32).toString('hex'));
    const wrong = (await diagnose()).of('master key');
    expect(wrong.at(-1)).toMatchObject({
      level: 'problem',
      message: expect.stringContaining('is not the master key'),
    });
    rmSync(file);
    expect((await diagnose()).of('master key')[0]?.message).toContain(`there is no ${file}`);
  });

  test('with a damaged store says so', async () => {
    const file = path.join(cli.data, 'backstitch.sqlite');
    writeSync(openSync(file, 'r+'), randomBytes(2048), 0, 2048, 4096);
    const { of } = await diagnose();
    expect(of('store')[0]).toMatchObject({
      level: 'problem',
      remedy: expect.stringContaining('restore a backup'),
    });
  });

  test('whose destination is down says what its check found', async () => {
    await createDestination(await freePort());
    const { level, of } = await diagnose();
    expect(level).toBe('problem');
    const [finding] = of('destination 1');
    expect(finding?.message).toContain('refused');
    expect(finding?.remedy).toBeTruthy();
  });

  test('that does not exist is not made by looking for it', async () => {
    const nowhere = path.join(cli.data, 'nowhere');
    const { level } = await diagnose({ BACKSTITCH_DATA: nowhere });
    expect(level).toBe('problem');
    expect(existsSync(nowhere)).toBe(false);
  });
});
