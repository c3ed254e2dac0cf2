import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A TCP server on loopback that sends everything back. */
export interface EchoServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
}

/** `answer` replaces the echo: it gets each connection. */
export async function startEchoServer(
  options: {
    readonly host?: string;
    readonly port?: number;
    readonly answer?: (socket: Socket) => void;
  } = {},
): Promise<EchoServer> {
  const { host = '127.0.0.1', port = 0, answer = (socket: Socket) => void socket.pipe(socket) } = options;
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    answer(socket);
  }).listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host,
    port: address.port,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
