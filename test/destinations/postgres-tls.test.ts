import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificate, type TestCertificate } from '../support/certificates.ts';
import { startPostgres, type TestPostgres } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { canary } from '../support/observe-check.ts';
import { properties, runCheck } from '../support/run-check.ts';

const names = ['127.0.0.1'];
const expired = { validFrom: new Date('2020-01-01'), validTo: new Date('2021-01-01') };
const authority = createCertificate({ ca: true });
const certificates = {
  good: createCertificate({ names, issuer: authority }),
  selfSigned: createCertificate({ names }),
  wrongName: createCertificate({ names: ['db.example.com'], issuer: authority }),
  expired: createCertificate({ names, issuer: authority, ...expired }),
};

/** Who must sign in how; the certificate files of PostgreSQL are the same for all. */
const hba = `
host    all postgres  127.0.0.1/32 scram-sha-256
host    all cleartext 127.0.0.1/32 password
host    all hashed    127.0.0.1/32 md5
hostssl all tls_only  127.0.0.1/32 scram-sha-256
host    all trusted   127.0.0.1/32 trust
host    all rejected  127.0.0.1/32 reject
`;

type Kind = keyof typeof certificates;
const servers = {} as Record<Kind, TestPostgres>;

beforeAll(async () => {
  const start = async (kind: Kind, { cert, key }: TestCertificate) => {
    servers[kind] = await startPostgres({
      hba,
      settings: { ssl: 'on', fsync: 'off' },
      files: { 'server.crt': cert, 'server.key': key },
    });
  };
  await Promise.all(Object.entries(certificates).map(([kind, pair]) => start(kind as Kind, pair)));
});

afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
});

describe('TLS', () => {
  test.each<[Kind, string | null]>([
    ['good', null],
    ['selfSigned', 'certificate_untrusted'],
    ['wrongName', 'certificate_wrong_name'],
    ['expired', 'certificate_expired'],
  ])('with a certificate that is %s', async (kind, failure) => {
    const server = servers[kind];

    const without = await runCheck(properties(server));
    expect(without.failure).toBeNull();
    expect(without.step('tls')).toMatchObject({ status: 'passed', code: null });

    const unverified = await runCheck(properties(server, { ssl: 'true' }));
    expect(unverified.failure).toBeNull();
    expect(unverified.step('tls')).toMatchObject({ status: 'warning', code: 'tls_unverified' });
    expect(unverified.step('tls').message).toContain('TLSv1.3');

    const verified = await runCheck(properties(server, { ssl: 'true', sslrootcert: authority.cert }));
    expect(verified.failure?.code ?? null).toBe(failure);
    expect(verified.statuses.sign_in).toBe(failure === null ? 'passed' : 'skipped');
    if (failure === null) expect(verified.step('tls')).toMatchObject({ status: 'passed', code: null });
    else expect(verified.failure?.name).toBe('tls');
  });

  test.each<[Kind, string | null]>([
    ['good', null],
    ['selfSigned', null],
    ['wrongName', null],
    ['expired', 'certificate_expired'],
  ])("with exactly the server's certificate given, %s", async (kind, failure) => {
    const sslrootcert = certificates[kind].cert;
    const check = await runCheck(properties(servers[kind], { ssl: 'true', sslrootcert }));
    expect(check.failure?.code ?? null).toBe(failure);
  });

  test('findings name what differs', async () => {
    const sslrootcert = authority.cert;
    const wrong = await runCheck(properties(servers.wrongName, { ssl: 'true', sslrootcert }));
    expect(wrong.failure?.message).toContain('db.example.com, not to 127.0.0.1');
    const old = await runCheck(properties(servers.expired, { ssl: 'true', sslrootcert }));
    expect(old.failure?.message).toContain('2021-01-01');
  });

  test('is never given up silently: with ssl nothing but the request for TLS goes out in clear', async () => {
    await using proxy = await startFaultProxy({ targetPort: servers.good.port });
    const check = await runCheck(properties(proxy, { ssl: 'true' }));
    expect(check.failure).toBeNull();
    expect(proxy.received().indexOf('postgres')).toBe(-1);
  });

  test('is missing on the server: nothing else is sent', async () => {
    await using plain = await startPostgres({ settings: { fsync: 'off' } });
    await using proxy = await startFaultProxy({ targetPort: plain.port });
    const check = await runCheck(properties(proxy, { ssl: 'true', password: canary }));
    expect(check.failure).toMatchObject({ name: 'tls', code: 'tls_not_supported' });
    expect(proxy.received().length).toBe(8);
  });

  test('a stored certificate that nothing uses is a warning', async () => {
    const check = await runCheck(properties(servers.good, { sslrootcert: authority.cert }));
    expect(check.step('settings')).toMatchObject({ status: 'warning', code: 'certificate_unused' });
    expect(check.failure).toBeNull();
  });
});

describe('signing in', () => {
  const createRole = (name: string, settings = '') =>
    servers.good.query(`${settings} create role ${name} superuser login password '${canary}'`);

  test('never answers a request for the password in clear text without TLS', async () => {
    await createRole('cleartext');
    await using proxy = await startFaultProxy({ targetPort: servers.good.port });
    const open = properties(proxy, { username: 'cleartext', password: canary });
    const check = await runCheck(open);
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'cleartext_password_refused' });
    expect(proxy.received().includes(canary)).toBe(false);
    expect((await runCheck({ ...open, ssl: 'true' })).failure).toBeNull();
    expect(proxy.received().includes(canary)).toBe(false);
  });

  test('answers MD5 as well as SCRAM', async () => {
    await createRole('hashed', "set password_encryption = 'md5';");
    const check = await runCheck(properties(servers.good, { username: 'hashed', password: canary }));
    expect(check.failure).toBeNull();
  });

  test('is refused by pg_hba.conf without TLS, and the remedy says to turn TLS on', async () => {
    await createRole('tls_only');
    const open = properties(servers.good, { username: 'tls_only', password: canary });
    const check = await runCheck(open, { egressAddresses: ['203.0.113.7'] });
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'no_pg_hba_entry' });
    expect(check.refused).toBe(true);
    expect(check.failure?.remedy).toContain('Set ssl to true');
    expect(check.failure?.remedy).toContain('host "postgres" "tls_only" 203.0.113.7/32 scram-sha-256');
    expect((await runCheck({ ...open, ssl: 'true' })).failure).toBeNull();
  });

  test.each(['rejected', 'nobody'])('is refused by pg_hba.conf for %s', async (username) => {
    const check = await runCheck(properties(servers.good, { username, password: canary, ssl: 'true' }));
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'no_pg_hba_entry' });
    expect(check.failure?.remedy).toContain(`hostssl "postgres" "${username}"`);
  });

  test('fails with a user that does not exist where no password is asked for', async () => {
    const check = await runCheck(properties(servers.good, { username: 'trusted', password: canary }));
    expect(check.failure).toMatchObject({ name: 'sign_in', code: 'role_missing' });
    expect(check.failure?.remedy).toContain('CREATE ROLE "trusted" LOGIN');
  });
});
