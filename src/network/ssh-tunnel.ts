import { createHash, timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import ssh2, { type Algorithms, type PublicKeyAuthMethod, type ServerHostKeyAlgorithm } from 'ssh2';
import { assert } from '../errors/bug.ts';
import { reasonOfSystemError } from './dial.ts';
import { NetworkError, type Tunnel, type TunnelOptions } from './network.ts';
import { orAbort } from './or-abort.ts';
import { printable } from './printable.ts';
import { openForward } from './ssh-forward.ts';
import { renderSshPublicKey, sshFingerprint } from './ssh-key.ts';

/**
 * Signs in to an SSH server; see {@link Network.openTunnel}. The connection belongs to the tunnel from here on: it is
 * closed when signing in fails, and when the tunnel is disposed. Disposing twice does nothing.
 */
export async function openTunnel(connection: Duplex, options: TunnelOptions): Promise<Tunnel> {
  const { username, privateKey, pinnedHostKey, signal } = options;
  const key = ssh2.utils.parseKey(privateKey);
  assert(!(key instanceof Error), 'the private key of the account cannot be read');
  const method: PublicKeyAuthMethod = { type: 'publickey', username, key };
  const client = new ssh2.Client();
  client.setMaxListeners(0);
  const ready = Promise.withResolvers<void>();
  const pinned = pinnedHostKey === null ? null : Buffer.from(pinnedHostKey.split(' ')[1] ?? '', 'base64');
  let presented: Buffer | undefined;

  // These listeners stay: a tunnel that breaks later closes its channels and must not end the process.
  client.on('error', (error) => ready.reject(failureToSignIn(error, pinned, presented)));
  client.on('close', () => ready.reject(failureToSignIn(null, pinned, presented)));
  client.on('ready', () => ready.resolve());
  try {
    if (!signal.aborted)
      client.connect({
        sock: connection,
        username,
        authHandler: [method],
        // Called again when keys are renewed: the key must stay the one that was accepted first.
        hostVerifier: (blob: Buffer) => {
          const accepted = isSame(pinned ?? presented ?? blob, blob);
          if (!presented || !accepted) presented = blob;
          return accepted;
        },
        algorithms: algorithmsFor(pinnedHostKey),
        readyTimeout: 0,
        keepaliveInterval: 10_000,
        keepaliveCountMax: 3,
      });
    await orAbort(ready.promise, signal, { message: 'The SSH server did not answer in time.', facts: {} });
  } catch (error) {
    connection.destroy();
    throw error;
  }
  assert(presented, 'signed in without a host key');
  return {
    hostKey: renderSshPublicKey(presented),
    fingerprint: sshFingerprint(presented),
    dial: (host, port, deadline) => openForward(client, { host, port, signal: deadline }),
    async [Symbol.asyncDispose]() {
      client.end();
      connection.destroy();
    },
  };
}

/** Compares digests, which have one length, in constant time. */
function isSame(expected: Buffer, presented: Buffer): boolean {
  const digest = (blob: Buffer) => createHash('sha256').update(blob).digest();
  return timingSafeEqual(digest(expected), digest(presented));
}

const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/**
 * Nothing with SHA-1, CBC or DSA. The algorithm of the pinned key is asked for first: a server with several keys
 * would otherwise seem changed on the day it gets one that we like better.
 */
function algorithmsFor(pinnedHostKey: string | null): Algorithms {
  const type =
    pinnedHostKey?.split(' ')[0] === 'ssh-rsa' ? 'rsa-sha2-' : (pinnedHostKey?.split(' ')[0] ?? '');
  const rank = (algorithm: string) => (type !== '' && algorithm.startsWith(type) ? 0 : 1);
  return {
    serverHostKey: hostKeyAlgorithms.toSorted((a, b) => rank(a) - rank(b)),
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group-exchange-sha256',
    ],
    cipher: [
      'aes256-gcm@openssh.com',
      'aes128-gcm@openssh.com',
      'chacha20-poly1305@openssh.com',
      'aes256-ctr',
      'aes192-ctr',
      'aes128-ctr',
    ],
    hmac: [
      'hmac-sha2-512-etm@openssh.com',
      'hmac-sha2-256-etm@openssh.com',
      'hmac-sha2-512',
      'hmac-sha2-256',
    ],
    compress: ['none'],
  };
}

interface SshError extends Error {
  readonly level?: string;
  readonly code?: string | number;
}

/** RFC 4253, 11.1: no more authentication methods available. */
const noMoreMethods = 14;

/** Null: the connection was closed without a word. */
function failureToSignIn(cause: SshError | null, pinned: Buffer | null, presented?: Buffer): NetworkError {
  if (pinned && presented && !isSame(pinned, presented)) {
    const facts = {
      expected: sshFingerprint(pinned),
      presented: sshFingerprint(presented),
      hostKey: renderSshPublicKey(presented),
    };
    const message = `The SSH server presents the host key ${facts.presented}, expected was ${facts.expected}.`;
    return new NetworkError('ssh_host_key_changed', message, { facts, cause });
  }
  if (!cause || cause.level === 'client-socket' || /^Connection lost/.test(cause.message)) {
    const reason = (cause && reasonOfSystemError(cause)) ?? 'reset';
    return new NetworkError(reason, 'The SSH server closed the connection.', { cause });
  }
  const serverSays = printable(cause.message);
  if (
    cause.level === 'client-authentication' ||
    cause.code === noMoreMethods ||
    /authentication/i.test(serverSays)
  )
    return new NetworkError('ssh_auth_failed', 'The SSH server did not accept the user name with this key.', {
      cause,
    });
  return new NetworkError('ssh_protocol', `The SSH server cannot be talked to: ${serverSays}.`, {
    facts: { serverSays },
    cause,
  });
}
