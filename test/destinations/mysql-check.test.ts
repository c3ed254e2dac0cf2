import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkMysql, checkPlan } from '../../src/destinations/mysql/check.ts';
import { resolveSettings } from '../../src/destinations/mysql/settings.ts';
import type { Properties } from '../../src/model/form.ts';
import { createCertificate } from '../support/certificates.ts';
import { freePort } from '../support/embedded-postgres.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { type CheckOptions, canary, type ObservedCheck, observeCheck } from '../support/observe-check.ts';

let server: TestMariadb;
beforeAll(async () => {
  server = await startMariadb();
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const needed = 'select, insert, update, delete, create, alter, drop, create temporary tables';

async function check(given: Properties, options: CheckOptions = {}): Promise<ObservedCheck> {
  const settings = resolveSettings({ host: '127.0.0.1', port: String(server.port), ...given });
  return await observeCheck(
    { plan: checkPlan(settings), check: (context, plan) => checkMysql(settings, context, plan) },
    options,
  );
}

/** Databases and tables that checks have left behind: nothing, ever. */
const leftovers = () =>
  server.admin(
    `select schema_name as name from information_schema.schemata where schema_name like '%backstitch%'
     union all select table_name from information_schema.tables where table_name like '%backstitch%'`,
  );

describe('a check', () => {
  test('passes with the least privileges that are asked for, and leaves nothing behind', async () => {
    const user = await server.addUser(`${needed} on *.*`);
    const { statuses, step } = await check(user);
    expect(statuses).toEqual({
      settings: 'passed',
      resolve: 'passed',
      policy: 'passed',
      connect: 'passed',
      tls: 'passed',
      sign_in: 'passed',
      version: 'passed',
      privileges: 'passed',
      write: 'passed',
    });
    expect(step('version').message).toMatch(/^MariaDB 1\d\.\d+/);
    expect(await leftovers()).toEqual([]);
  });

  test('passes with privileges on the schemas of its sources alone', async () => {
    const user = await server.addUser(`${needed} on \`shop\\_one\`.*`);
    const { statuses } = await check(user, { schemas: ['shop_one'] });
    expect(statuses).toMatchObject({ privileges: 'passed', write: 'passed' });
    expect(await leftovers()).toEqual([]);
    // Nor does it make a schema that is not there yet.
    expect(await server.admin("show databases like 'shop_one'")).toEqual([]);
  });

  test('says which privileges are missing where; granted as it says, it passes', async () => {
    const user = await server.addUser('select on *.*');
    const failed = await check(user, { schemas: ['shop_two'] });
    expect(failed.codes).toEqual({ privileges: 'privileges_missing' });
    expect(failed.refused).toBe(true);
    const { message, remedy } = failed.step('privileges');
    expect(message).toContain('lacks INSERT, UPDATE, DELETE, CREATE, ALTER, DROP on `shop_two`');
    const [grant = ''] = /GRANT .*?;/.exec(remedy ?? '') ?? [];
    await server.admin(grant);
    expect((await check(user, { schemas: ['shop_two'] })).failure).toBe(null);
  });

  test('warns of what makes loading slower', async () => {
    const user = await server.addUser('select, insert, update, delete, create, alter, drop on *.*');
    const { codes, failure } = await check(user);
    expect(failure).toBe(null);
    expect(codes).toEqual({ privileges: 'temporary_missing' });
    await using slow = await startMariadb({ settings: { local_infile: 'OFF' } });
    const other = await slow.addUser(`${needed} on *.*`);
    const warned = await check({ ...other, port: String(slow.port) });
    expect(warned.codes).toEqual({ version: 'local_infile_off' });
    expect(warned.step('version').remedy).toContain('SET GLOBAL local_infile = ON');
    await slow.admin('set global local_infile = ON');
    expect((await check({ ...other, port: String(slow.port) })).codes).toEqual({});
  });

  test('removes what one that was cut off left behind, and nothing else', async () => {
    const user = await server.addUser(`${needed} on *.*`);
    await server.admin('create database _backstitch_check_1700000000_0123456789ab');
    await server.admin('create database _backstitch_check_mine');
    await check(user);
    expect(await leftovers()).toEqual([{ name: '_backstitch_check_mine' }]);
    await server.admin('drop database _backstitch_check_mine');
  });

  test('says that a password is wrong, and never shows it', async () => {
    const { username } = await server.addUser();
    const failed = await check({ username, password: canary });
    expect(failed.codes).toEqual({ sign_in: 'wrong_password' });
    expect(failed.refused).toBe(true);
    expect((await check({ username: 'nobody', password: canary })).codes).toEqual({
      sign_in: 'wrong_password',
    });
  });

  test('tells a locked user, a full server and a read-only one apart', async () => {
    const locked = await server.addUser();
    await server.admin(`alter user '${locked.username}'@'%' account lock`);
    expect((await check(locked)).codes).toEqual({ sign_in: 'account_locked' });

    const user = await server.addUser(`${needed} on *.*`);
    await server.admin(`alter user '${user.username}'@'%' with max_user_connections 1`);
    await using resources = new AsyncDisposableStack();
    const { createConnection } = await import('mysql2/promise');
    const held = await createConnection({
      host: server.host,
      port: server.port,
      user: user.username,
      password: user.password,
    });
    resources.defer(async () => await held.end());
    expect((await check(user)).codes).toEqual({ sign_in: 'too_many_connections' });

    const writer = await server.addUser(`${needed} on *.*`);
    await server.admin('set global read_only = ON');
    try {
      expect((await check(writer)).codes).toEqual({ version: 'read_only_server' });
    } finally {
      await server.admin('set global read_only = OFF');
    }
  });

  test('says that nothing listens, that something says nothing, and that it is no MySQL', async () => {
    const user = { username: 'u', password: canary };
    const refused = await check({ ...user, port: String(await freePort()) });
    expect(refused.codes).toEqual({ connect: 'connection_refused' });

    const answering = async (words: string | null) => {
      const port = await freePort();
      const other = createServer((socket) => {
        socket.on('error', () => {});
        if (words !== null) socket.end(words);
      }).listen(port, '127.0.0.1');
      try {
        return await check({ ...user, port: String(port) }, { deadlines: { tls: 300 } });
      } finally {
        other.close();
      }
    };
    expect((await answering(null)).codes).toEqual({ tls: 'no_greeting' });
    for (const words of ['HTTP/1.1 400 Bad Request\r\n\r\n', '\0', 'J\0\0\0\x09old'])
      expect(Object.values((await answering(words)).codes)[0]).toMatch(
        /^(not_mysql|closed_early|connection_reset)$/,
      );
  });
});

describe('TLS', () => {
  test('is used where it is asked for, and never given up', async () => {
    const { key, cert } = createCertificate();
    await using secured = await startMariadb({
      files: { 'key.pem': key, 'cert.pem': cert },
      settings: { ssl_key: '{folder}/key.pem', ssl_cert: '{folder}/cert.pem' },
    });
    const user = await secured.addUser(`${needed} on *.*`);
    await secured.admin(`alter user '${user.username}'@'%' require ssl`);
    const port = String(secured.port);
    const encrypted = await check({ ...user, port, ssl: 'true' });
    expect(encrypted.failure).toBe(null);
    expect(encrypted.codes).toEqual({ tls: 'tls_cannot_be_verified' });
    expect(encrypted.step('sign_in').message).toContain('encrypted with TLSv1.');

    const clear = await check({ ...user, port, ssl: 'false' });
    expect(clear.codes).toEqual({ sign_in: 'wrong_password' });
    expect(clear.step('sign_in').remedy).toContain('set ssl to true');
    // The server of the other tests has none.
    const other = await server.addUser(`${needed} on *.*`);
    expect((await check({ ...other, ssl: 'true' })).codes).toEqual({ tls: 'tls_not_supported' });
  });
});

test('a server that hangs is found out at every step, and nothing is left', async () => {
  await using own = await startMariadb();
  const user = await own.addUser(`${needed} on *.*`);
  const given = { ...user, port: String(own.port) };
  const hung = await check(given, {
    deadlines: { write: 800 },
    onStep: (name, step) => {
      if (name === 'write' && step === null) own.kill('SIGSTOP');
    },
  });
  expect(hung.codes).toEqual({ write: 'no_answer' });
  own.kill('SIGCONT');
  expect((await check(given)).failure).toBe(null);
}, 60_000);
