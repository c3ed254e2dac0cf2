import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { connectTo } from '../network/connect-to.ts';
import { type Network, NetworkError } from '../network/network.ts';

export interface MessageToPost {
  readonly network: Network;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** PEM certificates to trust; null: the authorities that Node knows. */
  readonly trusted: string | null;
  readonly signal: AbortSignal;
}

/** Bytes of an answer that are taken before the connection is closed; nothing is done with them. */
const answerBytes = 65_536;

/**
 * Sends one POST to an address that the network policy has judged, over a connection of its own, and returns the
 * status of the answer. A redirect is an answer like any other: nobody has judged where it leads.
 * @throws {NetworkError} `blocked` also for a URL without https under the policy `public`; `timeout` when the signal
 * aborts; `reset` when there was no answer.
 */
export async function postMessage(message: MessageToPost): Promise<number> {
  const { network, headers, body, trusted, signal } = message;
  const { protocol, hostname: host, port, pathname, search, host: hostHeader } = new URL(message.url);
  const isSecure = protocol === 'https:';
  if (!isSecure && network.policy === 'public')
    throw new NetworkError('blocked', 'The network policy "public" of this server asks for an https URL.');
  const target = { network, host, port: Number(port) || (isSecure ? 443 : 80), signal };
  const connection = await connectTo(target);
  const authorities = trusted === null ? ('system' as const) : ('given' as const);
  const socket = isSecure
    ? await network.startTls(connection, { host, trusted, authorities, signal })
    : connection;
  try {
    const bytes = Buffer.from(body);
    return await exchange(socket, signal, {
      path: pathname + search,
      bytes,
      headers: { host: hostHeader, ...headers, 'content-length': String(bytes.byteLength) },
    });
  } finally {
    socket.destroy();
    connection.destroy();
  }
}

function exchange(
  socket: Duplex,
  signal: AbortSignal,
  { path, bytes, headers }: { path: string; bytes: Buffer; headers: Record<string, string> },
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const post = request({ method: 'POST', path, headers, setHost: false, createConnection: () => socket });
  let said: number | null = null;
  post.on('response', (answer) => {
    const status = answer.statusCode ?? 0;
    said = status;
    let taken = 0;
    answer.on('data', ({ byteLength }: Buffer) => {
      taken += byteLength;
      if (taken > answerBytes) post.destroy();
    });
    // However the rest of it ends: what counts has been said.
    answer.on('error', () => {});
    answer.on('close', () => resolve(status));
  });
  post.on('error', (cause) => {
    if (said !== null) resolve(said);
    else if (signal.aborted) reject(new NetworkError('timeout', 'There was no answer in time.', { cause }));
    else
      reject(
        new NetworkError('reset', 'The connection ended before there was an answer in HTTP.', { cause }),
      );
  });
  const cut = () => post.destroy(new Error('cut off'));
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  post.end(bytes);
  return promise.finally(() => signal.removeEventListener('abort', cut));
}
