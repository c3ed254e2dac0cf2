import { once } from 'node:events';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { connectTo } from '../../src/network/connect-to.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { NetworkError, type NetworkReason } from '../../src/network/network.ts';
import { generateSshKeyPair } from '../../src/network/ssh-key.ts';
import { createCertificate, type TestCertificate } from '../support/certificates.ts';
import { startEchoServer } from '../support/echo-server.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startSshServer } from '../support/ssh-server.ts';

const day = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * day);
const network = createNetwork({ policy: 'private', allow: [], egressAddresses: [] });

const ca = createCertificate({ ca: true });
const foreignCa = createCertificate({ ca: true, commonName: 'Foreign CA' });
const names = ['localhost', '127.0.0.1'];
const servers = {
  good: createCertificate({ issuer: ca, names }),
  'self-signed': createCertificate({ names }),
  'wrong name': createCertificate({ issuer: ca, names: ['other.example'] }),
  expired: createCertificate({ issuer: ca, names, validFrom: ago(9), validTo: ago(1) }),
  'not yet valid': createCertificate({ issuer: ca, names, validFrom: ago(-1), validTo: ago(-9) }),
} as const;
type ServerName = keyof typeof servers;
type Outcome = NetworkReason | 'encrypted';

const matrix: Record<
  'nothing' | 'the CA' | 'the exact certificate' | 'another CA',
  Record<ServerName, Outcome>
> = {
  nothing: {
    good: 'encrypted',
    'self-signed': 'encrypted',
    'wrong name': 'encrypted',
    expired: 'encrypted',
    'not yet valid': 'encrypted',
  },
  'the CA': {
    good: 'encrypted',
    'self-signed': 'tls_untrusted',
    'wrong name': 'tls_wrong_name',
    expired: 'tls_expired',
    'not yet valid': 'tls_not_yet_valid',
  },
  'the exact certificate': {
    good: 'encrypted',
    'self-signed': 'encrypted',
    'wrong name': 'encrypted',
    expired: 'tls_expired',
    'not yet valid': 'tls_not_yet_valid',
  },
  'another CA': {
    good: 'tls_untrusted',
    'self-signed': 'tls_untrusted',
    'wrong name': 'tls_untrusted',
    expired: 'tls_expired',
    'not yet valid': 'tls_not_yet_valid',
  },
};

describe.each(Object.entries(matrix))('with %s given to be trusted', (given, outcomes) => {
  it.each(Object.entries(outcomes) as [ServerName, Outcome][])(
    'a server whose certificate is %s ends as %s',
    async (name, outcome) => {
      const trusted = {
        nothing: null,
        'the CA': ca.cert,
        'the exact certificate': servers[name].cert,
        'another CA': foreignCa.cert,
      }[given];
      await using server = await startTlsServer(servers[name]);
      expect(await outcomeOf(server.port, trusted ?? null)).toBe(outcome);
      expect(server.heard()).toBe(outcome === 'encrypted' ? 'hello' : '');
    },
  );
});

describe('what is trusted', () => {
  const intermediate = createCertificate({ ca: true, commonName: 'Intermediate CA', issuer: ca });
  const leaf = createCertificate({ issuer: intermediate, names });

  it.each([
    ['the root, when the server sends the intermediate', [leaf, intermediate], ca.cert, 'encrypted'],
    ['the root, when the server does not', [leaf], ca.cert, 'tls_untrusted'],
    ['the intermediate alone', [leaf], intermediate.cert, 'encrypted'],
    ['root and intermediate', [leaf], ca.cert + intermediate.cert, 'encrypted'],
    ['a foreign CA before the right one', [leaf, intermediate], foreignCa.cert + ca.cert, 'encrypted'],
    ['two foreign ones', [leaf, intermediate], foreignCa.cert + servers.good.cert, 'tls_untrusted'],
  ] as const)('may be %s', async (_, chain, trusted, outcome) => {
    const cert = chain.map((certificate) => certificate.cert).join('');
    await using server = await startTlsServer({ cert, key: leaf.key });
    expect(await outcomeOf(server.port, trusted)).toBe(outcome);
  });

  it('does not count when it has expired itself, and the message says whose date it is', async () => {
    const oldCa = createCertificate({ ca: true, commonName: 'Old CA', validFrom: ago(9), validTo: ago(1) });
    await using server = await startTlsServer(createCertificate({ issuer: oldCa, names }));
    await expect(secure(server.port, oldCa.cert)).rejects.toMatchObject({
      reason: 'tls_expired',
      message: expect.stringMatching(/^A certificate that was given to be trusted \(CN=Old CA\) expired/),
    });
  });

  it('does not include a leaf that issued another certificate', async () => {
    const leafAsCa = createCertificate({ issuer: ca, names: ['evil.example'], commonName: 'evil.example' });
    const forged = createCertificate({ issuer: leafAsCa, names });
    await using server = await startTlsServer({ cert: forged.cert + leafAsCa.cert, key: forged.key });
    for (const trusted of [ca.cert, leafAsCa.cert, ca.cert + leafAsCa.cert])
      expect(await outcomeOf(server.port, trusted)).toBe('tls_untrusted');
  });

  it('does not include a certificate with the same names and another key', async () => {
    const [ours, theirs] = [createCertificate({ names }), createCertificate({ names })];
    await using server = await startTlsServer(theirs);
    expect(await outcomeOf(server.port, ours.cert)).toBe('tls_untrusted');
  });

  it('is judged by the clock that the network was given', async () => {
    const later = Date.now() + 2 * day;
    const ahead = createNetwork({
      policy: 'private',
      allow: [],
      egressAddresses: [],
      clock: { now: () => later, monotonic: () => 0 },
    });
    await using server = await startTlsServer(servers.good);
    await expect(secure(server.port, servers.good.cert, { via: ahead })).rejects.toMatchObject({
      reason: 'tls_expired',
    });
  });
});

describe('the name', () => {
  it.each([
    ['localhost', ['localhost'], 'encrypted'],
    ['LOCALHOST', ['localhost'], 'encrypted'],
    ['db.example', ['*.example'], 'tls_wrong_name'],
    ['db.corp.example', ['*.corp.example'], 'encrypted'],
    ['a.b.corp.example', ['*.corp.example'], 'tls_wrong_name'],
    ['db.corp.example.', ['db.corp.example'], 'encrypted'],
    ['bücher.corp.example', ['xn--bcher-kva.corp.example'], 'encrypted'],
    ['127.0.0.1', ['127.0.0.1'], 'encrypted'],
    ['127.1', ['127.0.0.1'], 'encrypted'],
    ['[::1]', ['::1'], 'encrypted'],
    ['::ffff:127.0.0.1', ['127.0.0.1'], 'encrypted'],
    ['127.0.0.1', ['localhost'], 'tls_wrong_name'],
    ['127.0.0.2', ['127.0.0.1'], 'tls_wrong_name'],
  ] as const)('%s against %j ends as %s', async (host, certified, outcome) => {
    await using server = await startTlsServer(createCertificate({ issuer: ca, names: certified }));
    expect(await outcomeOf(server.port, ca.cert, { host })).toBe(outcome);
  });

  it('is in the message with the names that would be right', async () => {
    await using server = await startTlsServer(servers['wrong name']);
    await expect(secure(server.port, ca.cert)).rejects.toMatchObject({
      message: "The server's certificate is for other.example, not for localhost.",
      facts: { expected: 'localhost', names: 'other.example', issuer: 'CN=Test CA' },
    });
  });
});

describe('a server that does not do its part', () => {
  it('never hears from us in clear text when it does not speak TLS', async () => {
    await using server = await startEchoServer({ answer: (socket) => void socket.write('220 welcome\r\n') });
    await using proxy = await startFaultProxy({ targetPort: server.port });
    expect(await outcomeOf(proxy.port, null)).toBe('tls_protocol');
    // Nothing but TLS records: a handshake, perhaps an alert.
    expect([0x15, 0x16]).toContain(proxy.received()[0]);
    expect(proxy.received().includes('hello')).toBe(false);
  });

  it('is refused when it knows TLS 1.1 at most', async () => {
    const old: TlsOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await using server = await startTlsServer(servers.good, old);
    await expect(secure(server.port, null)).rejects.toMatchObject({
      reason: 'tls_protocol',
      message: expect.stringContaining('TLS 1.2'),
    });
  });

  it('is a reset when it closes during the handshake', async () => {
    await using server = await startEchoServer({
      answer: (socket) => socket.once('data', () => socket.end()),
    });
    expect(await outcomeOf(server.port, null)).toBe('reset');
  });

  it('is a reset when the connection is cut in the middle of the handshake', async () => {
    await using server = await startTlsServer(servers.good);
    await using proxy = await startFaultProxy({
      targetPort: server.port,
      mode: { kind: 'cut', afterBytes: 100 },
    });
    expect(await outcomeOf(proxy.port, null)).toBe('reset');
  });

  it('is a timeout when it never answers', async () => {
    await using server = await startTlsServer(servers.good);
    await using proxy = await startFaultProxy({ targetPort: server.port, mode: { kind: 'blackhole' } });
    expect(await outcomeOf(proxy.port, null, { signal: AbortSignal.timeout(200) })).toBe('timeout');
  });

  it('is a timeout at once when the signal has aborted already', async () => {
    await using server = await startTlsServer(servers.good);
    expect(await outcomeOf(server.port, null, { aborted: true })).toBe('timeout');
  });
});

describe('a connection in TLS', () => {
  it('closes when the server goes away, and the process goes on', async () => {
    await using server = await startTlsServer(servers.good);
    await using proxy = await startFaultProxy({ targetPort: server.port });
    const socket = await secure(proxy.port, ca.cert);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    proxy.resetAll();
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it('runs through an SSH tunnel as well, and ends with it', async () => {
    const account = generateSshKeyPair();
    await using server = await startTlsServer(servers.good);
    await using bastion = await startSshServer({ authorizedKey: account.publicKey });
    const signal = AbortSignal.timeout(10_000);
    const connection = await connectTo({ network, host: bastion.host, port: bastion.port, signal });
    const identity = { username: 'backstitch', privateKey: account.privateKey, pinnedHostKey: null };
    await using tunnel = await network.openTunnel(connection, { ...identity, signal });
    const options = { host: 'localhost', trusted: ca.cert, signal };
    const socket = await network.startTls(await tunnel.dial('127.0.0.1', server.port, signal), options);
    socket.write('hello');
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    bastion.resetAll();
    await closed;
    await expect(
      tunnel.dial('127.0.0.1', server.port, signal).then((far) => network.startTls(far, options)),
    ).rejects.toMatchObject({ reason: 'reset' });
  });

  it('is not begun with certificates that cannot be read', async () => {
    await using server = await startTlsServer(servers.good);
    await using proxy = await startFaultProxy({ targetPort: server.port });
    for (const trusted of ['', 'garbage', servers.good.key, ca.cert + foreignCa.key, ca.cert.slice(0, 300)])
      expect(await outcomeOf(proxy.port, trusted)).toBe('tls_bad_certificate_given');
    expect(proxy.received()).toHaveLength(0);
  });
});

interface Attempt {
  readonly host?: string;
  readonly signal?: AbortSignal;
  readonly aborted?: boolean;
  readonly via?: typeof network;
}

async function secure(port: number, trusted: string | null, attempt: Attempt = {}): Promise<TLSSocket> {
  const { host = 'localhost', via = network } = attempt;
  const signal = attempt.signal ?? AbortSignal.timeout(10_000);
  const connection = await connectTo({ network: via, host: '127.0.0.1', port, signal });
  return await via.startTls(connection, {
    host,
    trusted,
    signal: attempt.aborted ? AbortSignal.abort() : signal,
  });
}

/** Says hello inside, once that is allowed. */
async function outcomeOf(port: number, trusted: string | null, attempt: Attempt = {}): Promise<Outcome> {
  try {
    const socket = await secure(port, trusted, attempt);
    socket.write('hello');
    await once(socket, 'data');
    socket.destroy();
    return 'encrypted';
  } catch (error) {
    if (error instanceof NetworkError) return error.reason;
    throw error;
  }
}

async function startTlsServer(certificate: TestCertificate, options: TlsOptions = {}) {
  const sockets = new Set<TLSSocket>();
  let heard = '';
  const server = createServer({ cert: certificate.cert, key: certificate.key, ...options }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard += String(chunk);
      socket.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    heard: () => heard,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
