import { generateKeyPairSync } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { connectTo } from '../../src/network/connect-to.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import type { Tunnel, TunnelOptions } from '../../src/network/network.ts';
import { generateSshKeyPair, renderSshPublicKey } from '../../src/network/ssh-key.ts';
import { startEchoServer } from '../support/echo-server.ts';
import { freePort, until } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startSshServer } from '../support/ssh-server.ts';

const network = createNetwork({ policy: 'private', allow: [], egressAddresses: [] });
const deadline = () => AbortSignal.timeout(10_000);
const account = generateSshKeyPair();

async function tunnelTo(port: number, options: Partial<TunnelOptions> = {}): Promise<Tunnel> {
  const signal = options.signal ?? deadline();
  const connection = await connectTo({ network, host: '127.0.0.1', port, signal: deadline() });
  return await network.openTunnel(connection, {
    username: 'backstitch',
    privateKey: account.privateKey,
    pinnedHostKey: null,
    ...options,
    signal,
  });
}

describe('signing in', () => {
  it('works with the key of the account and reports the host key', async () => {
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using tunnel = await tunnelTo(server.port);
    expect(tunnel.hostKey).toBe(server.hostKey);
    expect(tunnel.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(server.users).toEqual(['backstitch']);
  });

  it('works again with the host key that was reported', async () => {
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using first = await tunnelTo(server.port);
    await using second = await tunnelTo(server.port, { pinnedHostKey: first.hostKey });
    expect(second.fingerprint).toBe(first.fingerprint);
  });

  it('fails when the server does not know the key', async () => {
    await using server = await startSshServer({ authorizedKey: generateSshKeyPair().publicKey });
    await expect(tunnelTo(server.port)).rejects.toMatchObject({ reason: 'ssh_auth_failed' });
  });

  it('stops before the user name is sent when the host key has changed', async () => {
    await using old = await startSshServer({ authorizedKey: account.publicKey });
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using known = await tunnelTo(old.port);
    await expect(tunnelTo(server.port, { pinnedHostKey: old.hostKey })).rejects.toMatchObject({
      reason: 'ssh_host_key_changed',
      message: expect.stringContaining(known.fingerprint),
      facts: { expected: known.fingerprint, presented: expect.stringMatching(/^SHA256:/) },
    });
    expect(server.users).toEqual([]);
  });

  it.each(['', 'ssh-ed25519', 'ssh-ed25519 AAAA', 'nonsense'])(
    'takes no host key for the pinned one %j',
    async (pinnedHostKey) => {
      await using server = await startSshServer({ authorizedKey: account.publicKey });
      await expect(tunnelTo(server.port, { pinnedHostKey })).rejects.toMatchObject({
        reason: 'ssh_host_key_changed',
      });
    },
  );

  it.each([
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ecdsa', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ])('goes on with a pinned %s key after the server has got one that we like better', async (_, pair) => {
    const pem = pair.privateKey.export({
      type: pair.privateKey.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1',
      format: 'pem',
    });
    const key = ssh2.utils.parseKey(pem);
    if (key instanceof Error) throw key;
    const pinnedHostKey = renderSshPublicKey(key.getPublicSSH());
    await using server = await startSshServer({
      authorizedKey: account.publicKey,
      otherHostKeys: [String(pem)],
    });
    await using tunnel = await tunnelTo(server.port, { pinnedHostKey });
    expect(tunnel.hostKey).toBe(pinnedHostKey);
  });
});

describe('a server that does not do its part', () => {
  it('is a protocol error when it is no SSH server', async () => {
    await using web = await startEchoServer({
      answer: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    });
    await expect(tunnelTo(web.port)).rejects.toMatchObject({
      reason: expect.stringMatching(/^(ssh_protocol|reset)$/),
    });
  });

  it('is a protocol error when it has no algorithm that is still good', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const old = new ssh2.Server({
      hostKeys: [rsa.privateKey.export({ type: 'pkcs1', format: 'pem' })],
      algorithms: { kex: ['diffie-hellman-group1-sha1'] },
    });
    await using server = await startEchoServer({ answer: (socket) => old.injectSocket(socket) });
    old.on('connection', (client: ssh2.Connection) => client.on('error', () => {}));
    await expect(tunnelTo(server.port)).rejects.toMatchObject({
      reason: 'ssh_protocol',
      facts: { serverSays: expect.stringContaining('key exchange') },
    });
  });

  it('is a reset when it hangs up', async () => {
    await using server = await startEchoServer({ answer: (socket) => void socket.destroy() });
    await expect(tunnelTo(server.port)).rejects.toMatchObject({ reason: 'reset' });
  });

  it('is a reset when the connection is cut in the middle', async () => {
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    for (const afterBytes of [1, 100, 1000]) {
      await using proxy = await startFaultProxy({
        targetPort: server.port,
        mode: { kind: 'cut', afterBytes },
      });
      await expect(tunnelTo(proxy.port), `after ${afterBytes} bytes`).rejects.toMatchObject({
        reason: 'reset',
      });
    }
  });

  it('is a timeout when it never answers, and the connection is closed', async () => {
    await using server = await startEchoServer({ answer: (socket) => void socket.resume() });
    const connection = await connectTo({
      network,
      host: '127.0.0.1',
      port: server.port,
      signal: deadline(),
    });
    const options = { username: 'u', privateKey: account.privateKey, pinnedHostKey: null };
    await expect(
      network.openTunnel(connection, { ...options, signal: AbortSignal.timeout(200) }),
    ).rejects.toMatchObject({ reason: 'timeout' });
    expect(connection.destroyed).toBe(true);
  });

  it('is a timeout when it accepts the connection and the key but the signal has aborted', async () => {
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await expect(tunnelTo(server.port, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      reason: 'timeout',
    });
    expect(server.users).toEqual([]);
  });
});

describe('a connection through the tunnel', () => {
  it('carries bytes both ways, more than fit into a window, and ends', async () => {
    await using echo = await startEchoServer();
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using tunnel = await tunnelTo(server.port);
    const stream = await tunnel.dial('localhost', echo.port, deadline());
    const sent = Buffer.alloc(5_000_000, 'stitch');
    stream.end(sent);
    const received = await buffer(stream);
    expect(received.equals(sent)).toBe(true);
    expect(server.forwarded).toEqual([`localhost:${echo.port}`]);
    await closed(stream);
  });

  it('is one of several at a time', async () => {
    await using echo = await startEchoServer();
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using tunnel = await tunnelTo(server.port);
    const texts = ['one', 'two', 'three'];
    const answers = await Promise.all(
      texts.map(async (text) => {
        const stream = await tunnel.dial('127.0.0.1', echo.port, deadline());
        stream.end(text);
        return String(await buffer(stream));
      }),
    );
    expect(answers).toEqual(texts);
    expect(server.connections).toBe(1);
  });

  it('is refused when nothing listens at the far side', async () => {
    const port = await freePort();
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using tunnel = await tunnelTo(server.port);
    await expect(tunnel.dial('127.0.0.1', port, deadline())).rejects.toMatchObject({
      reason: 'refused',
      facts: { host: '127.0.0.1', port: String(port) },
    });
  });

  it('is denied when the server prohibits forwarding', async () => {
    await using server = await startSshServer({
      authorizedKey: account.publicKey,
      allowForwarding: false,
    });
    await using tunnel = await tunnelTo(server.port);
    await expect(tunnel.dial('127.0.0.1', 5432, deadline())).rejects.toMatchObject({
      reason: 'ssh_forwarding_denied',
    });
  });

  it('times out when the server does not answer the request', async () => {
    await using server = await startSshServer({
      authorizedKey: account.publicKey,
      allowForwarding: 'unanswered',
    });
    await using tunnel = await tunnelTo(server.port);
    await expect(tunnel.dial('127.0.0.1', 5432, AbortSignal.timeout(200))).rejects.toMatchObject({
      reason: 'timeout',
    });
  });

  it('closes when the far side does', async () => {
    await using talker = await startEchoServer({ answer: (socket) => void socket.end('bye') });
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using tunnel = await tunnelTo(server.port);
    const stream = await tunnel.dial('127.0.0.1', talker.port, deadline());
    expect(String(await buffer(stream))).toBe('bye');
    await closed(stream);
  });

  it('closes at the far side when it is destroyed here', async () => {
    let gone = false;
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using echo = await startEchoServer({
      answer: (socket) => void socket.resume().on('close', () => (gone = true)),
    });
    await using tunnel = await tunnelTo(server.port);
    const stream = await tunnel.dial('127.0.0.1', echo.port, deadline());
    stream.destroy();
    await until(() => expect(gone).toBe(true));
    await closed(stream);
  });
});

describe('the end of a tunnel', () => {
  it('closes what runs through it when it is disposed, also twice', async () => {
    await using echo = await startEchoServer();
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    const tunnel = await tunnelTo(server.port);
    const stream = await tunnel.dial('127.0.0.1', echo.port, deadline());
    await tunnel[Symbol.asyncDispose]();
    await tunnel[Symbol.asyncDispose]();
    await closed(stream);
    await expect(tunnel.dial('127.0.0.1', echo.port, deadline())).rejects.toMatchObject({ reason: 'reset' });
  });

  it('closes what runs through it when the SSH connection breaks, and the process goes on', async () => {
    await using echo = await startEchoServer();
    await using server = await startSshServer({ authorizedKey: account.publicKey });
    await using tunnel = await tunnelTo(server.port);
    const quiet = await tunnel.dial('127.0.0.1', echo.port, deadline());
    const busy = await tunnel.dial('127.0.0.1', echo.port, deadline());
    busy.write(Buffer.alloc(5_000_000));
    server.resetAll();
    await Promise.all([closed(quiet), closed(busy)]);
    await expect(tunnel.dial('127.0.0.1', echo.port, deadline())).rejects.toMatchObject({ reason: 'reset' });
  });

  it('ends a request to connect that is still open', async () => {
    await using server = await startSshServer({
      authorizedKey: account.publicKey,
      allowForwarding: 'unanswered',
    });
    await using tunnel = await tunnelTo(server.port);
    const pending = tunnel.dial('127.0.0.1', 5432, deadline());
    await Promise.all([
      expect(pending).rejects.toMatchObject({ reason: 'reset' }),
      until(() => expect(server.forwarded).toHaveLength(1)).then(() => server.resetAll()),
    ]);
  });
});

/** Nobody reads these streams, yet their end must be noticed. */
async function closed(stream: Duplex): Promise<void> {
  if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
}
