import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import ssh2, { type Connection, type PublicKeyAuthContext } from 'ssh2';
import { generateSshKeyPair, renderSshPublicKey, type SshKeyPair } from '../../src/network/ssh-key.ts';

/** An SSH server on loopback that signs in one key, for any user name, and forwards connections. */
export interface TestSshServer extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Public half of the host key, as `<algorithm> <base64>`. */
  readonly hostKey: string;
  /** Connections accepted so far, whether or not they signed in. */
  readonly connections: number;
  /** What was asked to be forwarded, as `host:port`, in order. */
  readonly forwarded: readonly string[];
  /** User names that signed in, in order. */
  readonly users: readonly string[];
  /** Resets every connection that is open now. */
  resetAll(): void;
}

export interface TestSshServerOptions {
  /** OpenSSH line of the key that may sign in. */
  readonly authorizedKey: string;
  /** The default is a fresh one. */
  readonly hostKey?: SshKeyPair;
  /** Private keys of further host keys, of other algorithms; clients choose by algorithm. */
  readonly otherHostKeys?: readonly string[];
  /** Port to listen on, so that a server can come back with another host key; the default is a free one. */
  readonly port?: number;
  /** False: forwarding is administratively prohibited. `unanswered`: requests to forward get no answer. */
  readonly allowForwarding?: boolean | 'unanswered';
}

export async function startSshServer(options: TestSshServerOptions): Promise<TestSshServer> {
  const hostKey = options.hostKey ?? generateSshKeyPair();
  const authorized = parsed(options.authorizedKey);
  const sockets = new Set<Socket>();
  const forwarded: string[] = [];
  const users: string[] = [];
  let connections = 0;

  const ssh = new ssh2.Server(
    { hostKeys: [hostKey.privateKey, ...(options.otherHostKeys ?? [])] },
    (client: Connection) => {
      // Clients that break off are what the tests are about.
      client.on('error', () => {});
      client.on('authentication', (context) => {
        if (context.method === 'publickey' && signedBy(authorized, context)) {
          if (context.signature) users.push(context.username);
          context.accept();
        } else context.reject(['publickey']);
      });
      // ssh2 itself answers "administratively prohibited" when nobody listens.
      if (options.allowForwarding === false) return;
      client.on('tcpip', (accept, reject, { destIP, destPort }) => {
        forwarded.push(`${destIP}:${destPort}`);
        if (options.allowForwarding === 'unanswered') return;
        const target = connect({ host: destIP, port: destPort, noDelay: true });
        target.once('error', () => reject());
        target.once('connect', () => {
          const channel = accept();
          channel.on('error', () => {});
          channel.on('close', () => target.destroy());
          target.on('error', () => channel.destroy());
          target.pipe(channel).pipe(target);
        });
      });
    },
  );
  // A listener of our own, because ssh2's hides the sockets, and breaking them off is what tests need.
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    host: '127.0.0.1',
    port: address.port,
    hostKey: renderSshPublicKey(parsed(hostKey.publicKey).getPublicSSH()),
    get connections() {
      return connections;
    },
    forwarded,
    users,
    resetAll() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

function parsed(key: string): ssh2.ParsedKey {
  const result = ssh2.utils.parseKey(key);
  if (result instanceof Error) throw result;
  return result;
}

/** A client first asks whether a key would do, then signs with it. */
function signedBy(key: ssh2.ParsedKey, context: PublicKeyAuthContext): boolean {
  const expected = key.getPublicSSH();
  const same = expected.length === context.key.data.length && timingSafeEqual(expected, context.key.data);
  if (!same || !context.signature || !context.blob) return same;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}
