import { describe, expect, test } from 'vitest';
import { generateSshKeyPair } from '../../src/network/ssh-key.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startEchoServer } from '../support/echo-server.ts';
import { freePort } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { canary } from '../support/observe-check.ts';
import { properties, runCheck } from '../support/run-check.ts';
import { startSilentPort } from '../support/silent-port.ts';
import { startSshServer, type TestSshServer } from '../support/ssh-server.ts';

const identity = generateSshKeyPair();
const authorizedKey = identity.publicKey;

const through = (ssh: { host: string; port: number }, db: TestDatabase, port = db.port) =>
  properties(
    { host: db.host, port },
    {
      username: db.user,
      password: db.password,
      database: db.database,
      encryption_type: 'ssh',
      encryption_host: ssh.host,
      encryption_port: String(ssh.port),
      encryption_username: 'tunnel',
    },
  );

const pinOf = ({ hostKey }: TestSshServer) => hostKey.split(' ').slice(0, 2).join(' ');

describe('through an SSH tunnel', () => {
  test('a check passes, resolves the SSH host and reports its key', async () => {
    await using db = await createTestDatabase();
    await using ssh = await startSshServer({ authorizedKey });
    const check = await runCheck(through(ssh, db), { identity });
    expect(check.failure).toBeNull();
    expect(Object.keys(check.statuses)).toEqual([
      'settings',
      'resolve',
      'policy',
      'connect',
      'ssh',
      'tls',
      'sign_in',
      'version',
      'privileges',
      'write',
    ]);
    expect(check.step('connect').message).toContain(`127.0.0.1:${ssh.port}`);
    expect(check.step('ssh').message).toContain('SHA256:');
    expect(check.step('tls')).toMatchObject({ status: 'passed' });
    expect(check.hostKeys).toEqual([{ host: ssh.host, port: ssh.port, hostKey: pinOf(ssh) }]);
    expect(ssh.forwarded).toEqual([`127.0.0.1:${db.port}`]);
    expect(ssh.users).toEqual(['tunnel']);
  });

  test('the pinned host key is accepted again', async () => {
    await using db = await createTestDatabase();
    await using ssh = await startSshServer({ authorizedKey });
    const check = await runCheck(through(ssh, db), { identity, pinnedHostKey: pinOf(ssh) });
    expect(check.failure).toBeNull();
  });

  test('another host key than the pinned one ends it before anything is sent, and is reported', async () => {
    await using db = await createTestDatabase();
    await using before = await startSshServer({ authorizedKey });
    await using ssh = await startSshServer({ authorizedKey });
    const check = await runCheck(through(ssh, db), { identity, pinnedHostKey: pinOf(before) });
    expect(check.failure).toMatchObject({ name: 'ssh', code: 'ssh_host_key_changed' });
    expect(check.failure?.message).toMatch(/SHA256:\S+ instead of SHA256:\S+/);
    expect(check.failure?.remedy).toContain('POST /v4/destinations/{id}/ssh-host-key');
    expect(check.hostKeys).toEqual([{ host: ssh.host, port: ssh.port, hostKey: pinOf(ssh) }]);
    expect(ssh.users).toEqual([]);
    expect(check.refused).toBe(false);
  });

  test('a key that may not sign in: the remedy is the line for authorized_keys', async () => {
    await using db = await createTestDatabase();
    await using ssh = await startSshServer({ authorizedKey: generateSshKeyPair().publicKey });
    const check = await runCheck(through(ssh, db), { identity });
    expect(check.failure).toMatchObject({ name: 'ssh', code: 'ssh_key_refused' });
    expect(check.failure?.remedy).toContain(identity.publicKey);
    expect(check.refused).toBe(true);
  });

  test('forwarding is forbidden', async () => {
    await using db = await createTestDatabase();
    await using ssh = await startSshServer({ authorizedKey, allowForwarding: false });
    const check = await runCheck(through(ssh, db), { identity });
    expect(check.failure).toMatchObject({ name: 'ssh', code: 'ssh_forwarding_denied' });
    expect(check.failure?.remedy).toContain(`PermitOpen 127.0.0.1:${db.port}`);
  });

  test('the database cannot be reached from there, which is told apart from the SSH server', async () => {
    await using db = await createTestDatabase();
    await using ssh = await startSshServer({ authorizedKey });
    const port = await freePort();
    const check = await runCheck(through(ssh, db, port), { identity });
    expect(check.failure).toMatchObject({ name: 'ssh', code: 'ssh_target_refused' });
    expect(check.failure?.message).toContain(`could not reach 127.0.0.1:${port}`);
  });

  test('the way to the database does not open in time', async () => {
    await using db = await createTestDatabase();
    await using ssh = await startSshServer({ authorizedKey, allowForwarding: 'unanswered' });
    const check = await runCheck(through(ssh, db), { identity, deadlines: { ssh: 600 } });
    expect(check.failure).toMatchObject({ name: 'ssh', code: 'ssh_timeout' });
  });

  test('a wrong password is still a wrong password', async () => {
    await using db = await createTestDatabase();
    await using ssh = await startSshServer({ authorizedKey });
    const check = await runCheck({ ...through(ssh, db), password: canary }, { identity });
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'wrong_password' });
  });
});

describe('the SSH server', () => {
  test('refuses, keeps silent, resets or speaks something else', async () => {
    await using db = await createTestDatabase();
    const codes = async (ssh: { host: string; port: number }) => {
      const { failure } = await runCheck(through(ssh, db), {
        identity,
        deadlines: { connect: 500, ssh: 600 },
      });
      expect(failure?.message).toContain('SSH server');
      return `${failure?.name} ${failure?.code}`;
    };
    expect(await codes({ host: '127.0.0.1', port: await freePort() })).toBe('connect connection_refused');
    await using quiet = await startSilentPort();
    expect(await codes(quiet)).toBe('connect connection_timeout');
    await using proxy = await startFaultProxy({ targetPort: db.port, mode: { kind: 'reset' } });
    expect(await codes(proxy)).toMatch(/^(connect connection_reset|ssh ssh_closed)$/);
    proxy.mode = { kind: 'blackhole' };
    expect(await codes(proxy)).toBe('ssh ssh_timeout');
    proxy.mode = { kind: 'pass' };
    expect(await codes(proxy)).toBe('ssh ssh_closed');
    await using web = await startEchoServer({
      answer: (socket) => void socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    });
    expect(await codes(web)).toBe('ssh ssh_timeout');
  });

  test('is judged by the network policy, the database behind it is not', async () => {
    await using db = await createTestDatabase();
    await using ssh = await startSshServer({ authorizedKey });
    const check = await runCheck(through(ssh, db), { identity, policy: 'public' });
    expect(check.failure).toMatchObject({ name: 'policy', code: 'address_not_allowed' });
    expect(check.failure?.remedy).toContain('encryption_host');
    expect(ssh.connections).toBe(0);
  });
});
