import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Moment } from './moment-proxy.ts';

/** A proxy in front of a real MariaDB that tells of a chosen moment of a commit. Speaks no TLS. */
export interface MysqlMomentProxy extends AsyncDisposable {
  readonly port: number;
  /** Calls back once, at this moment of the next commit after so many others. */
  watch(moment: Moment, call: () => void, after: number): void;
  /** Watches for nothing any more. */
  forget(): void;
}

/** The packet of a query, behind its length and number: nothing else is this short and reads so. */
const commit = Buffer.from('\x07\0\0\0\x03commit', 'latin1');

export async function startMysqlMomentProxy(targetPort: number): Promise<MysqlMomentProxy> {
  const open = new Set<Socket>();
  let watched: { readonly moment: Moment; readonly call: () => void; after: number } | null = null;
  const track = (socket: Socket): Socket => {
    open.add(socket);
    // Each message is passed on as it comes: waiting for more costs 40 ms for each statement.
    socket.setNoDelay();
    socket.on('close', () => open.delete(socket));
    // Both ends are killed on purpose here.
    return socket.on('error', () => {});
  };
  /** A client waits for each answer, so that a statement this short is a chunk of its own. */
  const takeWatch = (chunk: Buffer) => {
    if (watched === null || !chunk.equals(commit)) return null;
    watched.after -= 1;
    if (watched.after >= 0) return null;
    const taken = watched;
    watched = null;
    return taken;
  };

  const server = createServer((client) => {
    const target = track(connect({ host: '127.0.0.1', port: targetPort }));
    let awaited: ReturnType<typeof takeWatch> = null;
    let isOver = false;
    track(client).on('data', (chunk) => {
      if (isOver) return;
      const found = takeWatch(chunk);
      if (found?.moment === 'before') {
        isOver = true;
        return found.call();
      }
      if (found?.moment === 'sent') target.write(chunk, found.call);
      else target.write(chunk);
      if (found && found.moment !== 'sent') awaited = found;
    });
    target.on('data', (chunk) => {
      if (isOver) return;
      const reached = awaited;
      awaited = null;
      isOver = reached?.moment === 'answered';
      if (!isOver) client.write(chunk);
      reached?.call();
    });
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    watch(moment, call, after) {
      watched = { moment, call, after };
    },
    forget() {
      watched = null;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
