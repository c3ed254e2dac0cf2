import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { startEchoServer } from '../support/echo-server.ts';
import { freePort } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { canary } from '../support/observe-check.ts';
import { properties, runCheck } from '../support/run-check.ts';
import { startSilentPort } from '../support/silent-port.ts';

const egressAddresses = ['203.0.113.7'];
const local = (port: number) => properties({ host: '127.0.0.1', port }, { password: canary });

describe('the port', () => {
  test('refuses, keeps silent or resets: three different messages, each with the address to let in', async () => {
    const refused = await runCheck(local(await freePort()), { egressAddresses });
    expect(refused.failure).toMatchObject({ name: 'connect', code: 'connection_refused' });

    await using quiet = await startSilentPort();
    const silent = await runCheck(local(quiet.port), { egressAddresses, deadlines: { connect: 300 } });
    expect(silent.failure).toMatchObject({ name: 'connect', code: 'connection_timeout' });

    await using proxy = await startFaultProxy({ targetPort: 1, mode: { kind: 'reset' } });
    const reset = await runCheck(local(proxy.port), { egressAddresses });
    expect(reset.failure).toMatchObject({ code: 'connection_reset' });

    const failures = [refused.failure!, silent.failure!, reset.failure!];
    expect(new Set(failures.map(({ message }) => message.replaceAll(/\d+/g, ''))).size).toBe(3);
    for (const { remedy } of failures) expect(remedy).toContain('203.0.113.7');
    expect(refused.refused || silent.refused || reset.refused).toBe(false);
  });

  test('resets with TLS asked for', async () => {
    await using proxy = await startFaultProxy({ targetPort: 1, mode: { kind: 'reset' } });
    const check = await runCheck({ ...local(proxy.port), ssl: 'true' });
    // Whether the reset comes before or after the connection counts as made is up to the kernel.
    expect(check.failure).toMatchObject({ code: 'connection_reset' });
  });

  test('swallows everything', async () => {
    await using proxy = await startFaultProxy({ targetPort: 1, mode: { kind: 'blackhole' } });
    const open = await runCheck(local(proxy.port), { deadlines: { sign_in: 300 } });
    expect(open.failure).toMatchObject({ name: 'sign_in', code: 'sign_in_timeout' });
    const encrypted = await runCheck({ ...local(proxy.port), ssl: 'true' }, { deadlines: { tls: 300 } });
    expect(encrypted.failure).toMatchObject({ name: 'tls', code: 'tls_timeout' });
  });
});

describe('the host', () => {
  test('has no address', async () => {
    const check = await runCheck(properties({ host: 'no-such-host.invalid', port: 5432 }));
    expect(check.failure).toMatchObject({ name: 'resolve', code: 'host_not_found' });
    expect(check.failure?.message).toContain('no-such-host.invalid');
    expect(check.statuses).toMatchObject({ policy: 'skipped', connect: 'skipped', write: 'skipped' });
  });

  test('is not allowed in public, whatever listens there', async () => {
    await using db = await createTestDatabase();
    const there = await runCheck(local(db.port), { policy: 'public' });
    const nothing = await runCheck(local(await freePort()), { policy: 'public' });
    expect(there.failure).toMatchObject({ name: 'policy', code: 'address_not_allowed' });
    expect(nothing.failure).toEqual({ ...there.failure, milliseconds: nothing.failure?.milliseconds });
    expect(there.failure?.remedy).toContain('BACKSTITCH_NETWORK_POLICY');
  });

  test.each(['169.254.169.254', '0.0.0.0', '224.0.0.1', '::ffff:169.254.169.254'])(
    'is never %s',
    async (host) => {
      const check = await runCheck(properties({ host, port: 5432 }));
      expect(check.failure).toMatchObject({ name: 'policy', code: 'address_not_allowed' });
    },
  );
});

describe('what answers is no PostgreSQL but', () => {
  const message = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const mysqlGreeting = Buffer.from('4e0000000a382e302e333600', 'hex');
  const answering = (answer: Buffer | string) => (socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(answer));
  };
  const http = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

  test.each<[string, (socket: Socket) => void, string, string]>([
    ['a web server', answering(http), 'not_postgres', 'not_postgres'],
    ['an SSH server', answering('SSH-2.0-OpenSSH_9.2\r\n'), 'not_postgres', 'not_postgres'],
    [
      'MySQL, which speaks first',
      (socket) => void socket.write(mysqlGreeting),
      'not_postgres',
      'not_postgres',
    ],
    ['noise', answering(Buffer.alloc(5000, 0xff)), 'not_postgres', 'not_postgres'],
    ['something that hangs up', (socket) => void socket.end(), 'closed_early', 'closed_early'],
    [
      'one that reads and hangs up',
      (socket) => void socket.once('data', () => socket.end()),
      'closed_early',
      'closed_early',
    ],
    [
      'an error without an end, which would hang the driver',
      answering(message('E', Buffer.from('SERROR'))),
      'not_postgres',
      'tls_request_failed',
    ],
    [
      'an unknown way of signing in, at which the driver throws',
      answering(message('R', Buffer.from([0, 0, 0, 7]))),
      'sign_in_method_unsupported',
      'not_postgres',
    ],
    [
      'a way of signing in that says nothing',
      answering(message('R', Buffer.alloc(0))),
      'not_postgres',
      'not_postgres',
    ],
    [
      'a message of two gigabytes',
      answering(Buffer.from('E\x7f\xff\xff\xff', 'latin1')),
      'not_postgres',
      'tls_request_failed',
    ],
    ['clear text stuffed behind the promise of TLS', answering('SZZZZZ'), 'not_postgres', 'not_postgres'],
  ])('%s', async (_, answer, open, encrypted) => {
    await using server = await startEchoServer({ answer });
    const without = await runCheck(local(server.port));
    expect(without.failure).toMatchObject({ name: 'sign_in', code: open });
    const withTls = await runCheck({ ...local(server.port), ssl: 'true' });
    expect(withTls.failure).toMatchObject({ name: 'tls', code: encrypted });
  });

  test('rows that make no sense, after a sign-in without a password', async () => {
    await using server = await startEchoServer({
      answer: (socket) => {
        socket.on('error', () => {});
        socket.once('data', () => {
          socket.write(message('R', Buffer.alloc(4)));
          socket.write(message('Z', Buffer.from('I')));
          socket.on('data', () => socket.write(message('D', Buffer.from([0xff, 0xff]))));
        });
      },
    });
    const check = await runCheck(local(server.port));
    expect(check.failure).toMatchObject({ name: 'version', code: 'connection_lost' });
  });
});
