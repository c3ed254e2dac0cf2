import { connect } from 'node:net';

export interface RawExchange {
  /** All bytes that came back. */
  readonly text: string;
  /** The first status of it; 0 when there is none. */
  readonly status: number;
  /** How many answers came. */
  readonly answers: number;
}

/**
 * Writes bytes to a port of loopback and reads until the server closes the connection. Rejects when it has not done
 * so after `patience` milliseconds.
 */
export function exchange(
  port: number,
  request: string | Uint8Array,
  { patience = 10_000, trickle }: { readonly patience?: number; readonly trickle?: string } = {},
): Promise<RawExchange> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    const timer = setTimeout(() => {
      reject(new Error(`the connection is still open after ${patience} ms; received: ${text}`));
      socket.destroy();
    }, patience);
    const drip = trickle === undefined ? undefined : setInterval(() => socket.write(trickle), 20);
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    // A server that closes early may reset what was still being sent; what it answered has been read.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      clearInterval(drip);
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)];
      resolve({ text, status: Number(statuses[0]?.[1] ?? 0), answers: statuses.length });
    });
  });
}
