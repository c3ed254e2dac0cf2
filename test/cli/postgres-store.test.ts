import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createCommandLine } from '../support/command-line.ts';
import { createTestDatabase } from '../support/database.ts';

test('the commands work on a store in PostgreSQL, with a server on it and no data folder', async () => {
  await using database = await createTestDatabase();
  await using warehouse = await createTestDatabase();
  await using cli = createCommandLine();
  const env = {
    BACKSTITCH_STORE: database.url,
    BACKSTITCH_MASTER_KEY: randomBytes(32).toString('hex'),
  };
  const token = 'token-of-the-postgres-store-0123456789';
  await using server = await cli.serve({ ...env, BACKSTITCH_TOKEN: token });
  const { id } = await cli.json<{ id: number }>(
    [
      'destinations',
      'add',
      '--type',
      'postgres',
      `host=${warehouse.host}`,
      `port=${warehouse.port}`,
      `database=${warehouse.database}`,
      `username=${warehouse.user}`,
      'ssl=false',
      'password=-',
    ],
    { env, input: warehouse.password },
  );
  expect(await server.call(token, 'GET', '/v3/destinations')).toMatchObject({ status: 200, body: [{ id }] });

  const rotated = await cli.json(['keys', 'rotate'], { env });
  expect(rotated).toEqual({ rotated: 'data', resealed: 2 });

  const { out } = await cli.run(['doctor', '--json'], {
    env: { ...env, BACKSTITCH_PORT: new URL(server.address).port },
  });
  const { findings } = JSON.parse(out) as { findings: { subject: string; level: string; message: string }[] };
  expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
  expect(findings).toContainEqual(
    expect.objectContaining({ subject: 'clock', message: expect.stringContaining('agree on the time') }),
  );
  expect(out).not.toContain(database.password);

  const { out: config } = await cli.run(['config'], { env });
  expect(config).toContain('(hidden)');
  expect(config).not.toContain(database.password);
  expect(existsSync(`${cli.data}/master.key`)).toBe(false);
});

test('a store in PostgreSQL that does not answer is a failure with a remedy, without its password', async () => {
  await using cli = createCommandLine();
  const env = {
    BACKSTITCH_STORE: 'postgres://backstitch:canary-of-the-store@127.0.0.1:1/backstitch',
    BACKSTITCH_MASTER_KEY: randomBytes(32).toString('hex'),
  };
  const listed = await cli.run(['accounts', 'list'], { env });
  expect(listed.code).toBe(1);
  expect(listed.err).toMatch(/^error: .*\n./);
  const { code, out } = await cli.run(['doctor'], { env });
  expect(code).toBe(1);
  expect(out).toMatch(/^PROBLEM +store/m);
  expect(`${listed.err}${out}`).not.toContain('canary');
});
