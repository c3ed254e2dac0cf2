import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What the proxy does with a connection; decided when the connection arrives. */
export type FaultMode =
  | { readonly kind: 'pass' }
  /** Passes everything on, each chunk that many milliseconds late, in both directions. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Accepts and answers with a TCP reset. */
  | { readonly kind: 'reset' }
  /** Accepts, reads, and never answers. */
  | { readonly kind: 'blackhole' }
  /** Passes on until the target has sent that many bytes to the client, then ends both connections. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

/** A proxy in front of a server on loopback that misbehaves on demand. */
export interface FaultProxy extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** For connections from now on. */
  mode: FaultMode;
  /** Everything clients have sent, over all connections, in the order of arrival. */
  received(): Buffer;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Resets the connections that are open now. */
  resetAll(): void;
}

export async function startFaultProxy(options: {
  readonly targetPort: number;
  readonly mode?: FaultMode;
}): Promise<FaultProxy> {
  const received: Buffer[] = [];
  const open = new Set<Socket>();
  let accepted = 0;

  const track = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // A peer that resets is what this proxy is for.
    socket.on('error', () => {});
    return socket;
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    accepted += 1;
    track(client).on('data', (chunk) => received.push(chunk));
    const { mode } = proxy;
    if (mode.kind === 'reset') client.resetAndDestroy();
    else if (mode.kind !== 'blackhole') {
      const target = track(connect({ host: '127.0.0.1', port: options.targetPort, allowHalfOpen: true }));
      pass(client, target, mode, Number.POSITIVE_INFINITY);
      pass(target, client, mode, mode.kind === 'cut' ? mode.afterBytes : Number.POSITIVE_INFINITY);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const proxy: FaultProxy = {
    host: '127.0.0.1',
    port: address.port,
    mode: options.mode ?? { kind: 'pass' },
    received: () => Buffer.concat(received),
    get connections() {
      return accepted;
    },
    resetAll() {
      for (const socket of open) socket.resetAndDestroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

function pass(from: Socket, to: Socket, mode: FaultMode, limit: number): void {
  const later = (action: () => void) =>
    mode.kind === 'delay' ? void setTimeout(action, mode.milliseconds) : action();
  let left = limit;
  from.on('data', (chunk) => {
    const part = chunk.subarray(0, left);
    left -= part.length;
    later(() => {
      if (!to.destroyed && part.length > 0) to.write(part);
      if (left > 0 || to.writableEnded) return;
      // The client reads what was let through before it meets the end.
      to.end(() => {
        to.destroySoon();
        from.destroy();
      });
    });
  });
  from.on('end', () => later(() => to.end()));
  from.on('close', (failed) => later(() => (failed ? to.resetAndDestroy() : to.destroySoon())));
}
