import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Json } from '../../lib/json.ts';
import { connectTo } from '../../network/connect-to.ts';
import { type Network, NetworkError } from '../../network/network.ts';
import { classify } from '../../network/policy.ts';

export interface GetRequest {
  readonly network: Network;
  /** https; http to this machine alone, since a token goes along. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface GetAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** Where a redirect leads; it is never followed, since nobody has said that the token may go there. */
  readonly location: string | null;
  /** Undefined: the body is no JSON. */
  readonly body: Json | undefined;
}

/** More than the sources of any account. */
const mostBytes = 33_554_432;

/**
 * Sends one GET to an address that the network policy has judged, over a connection of its own.
 * @throws {NetworkError} `timeout` when the signal aborts; `reset` when there is no whole answer; `blocked` also for
 * http to another machine.
 */
export async function getJson({ network, url, headers, signal }: GetRequest): Promise<GetAnswer> {
  const socket = await open(network, url, signal);
  try {
    return await exchange(socket, signal, {
      path: url.pathname + url.search,
      headers: { host: url.host, accept: 'application/json', connection: 'close', ...headers },
    });
  } finally {
    socket.destroy();
  }
}

async function open(
  network: Network,
  { protocol, hostname, port }: URL,
  signal: AbortSignal,
): Promise<Duplex> {
  if (protocol === 'https:') {
    const connection = await connectTo({ network, host: hostname, port: Number(port) || 443, signal });
    return await network.startTls(connection, {
      host: hostname,
      trusted: null,
      authorities: 'system',
      signal,
    });
  }
  const resolved = await network.resolve(hostname, signal);
  if (!resolved.addresses.every((address) => classify(address) === 'loopback'))
    throw new NetworkError('blocked', `http would carry the token to ${hostname} for everybody to read.`);
  return await network.dial(network.judge(resolved), Number(port) || 80, signal);
}

async function exchange(
  socket: Duplex,
  signal: AbortSignal,
  options: { readonly path: string; readonly headers: Record<string, string> },
): Promise<GetAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<GetAnswer>();
  const get = request({ method: 'GET', ...options, setHost: false, createConnection: () => socket });
  const cut = () => get.destroy(new Error('cut off'));
  const fail = (cause: unknown) =>
    reject(
      signal.aborted
        ? new NetworkError('timeout', 'There was no answer in time.', { cause })
        : new NetworkError('reset', 'The connection ended before there was a whole answer in HTTP.', {
            cause,
          }),
    );
  get.on('error', fail);
  get.on('response', (answer) => {
    const parts: Buffer[] = [];
    let taken = 0;
    answer.on('data', (part: Buffer) => {
      taken += part.byteLength;
      parts.push(part);
      if (taken > mostBytes) get.destroy(new Error('too large'));
    });
    answer.on('error', fail);
    answer.on('end', () => {
      const { statusCode: status = 0, headers } = answer;
      const { 'retry-after': retryAfter = null, location = null } = headers;
      resolve({ status, retryAfter, location, body: parse(Buffer.concat(parts).toString()) });
    });
  });
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  get.end();
  return await promise.finally(() => signal.removeEventListener('abort', cut));
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
