import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: IncomingMessage['headers'];
  /** Each header as it was sent, names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** The body as JSON. Throws when it is none. */
  json<T = unknown>(): T;
}

export interface RawRequest {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** One request on a connection of its own. Adds no header but Host and those that frame the body. */
export async function sendRequest(
  origin: string,
  method: string,
  path: string,
  { headers = {}, body, signal }: RawRequest = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const bytes = bytesOf(body);
  const outgoing = request({
    hostname,
    port,
    method,
    path,
    agent: false,
    ...(signal && { signal }),
    headers: {
      // Node itself leaves it out for a DELETE.
      ...(bytes === undefined || 'transfer-encoding' in headers
        ? {}
        : { 'content-length': Buffer.byteLength(bytes) }),
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : [...value],
        ]),
      ),
    },
  });
  outgoing.end(bytes);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const received = Buffer.concat(chunks);
  const text = received.toString('utf8');
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body: received,
    text,
    json: <T>() => JSON.parse(text) as T,
  };
}

function bytesOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}
