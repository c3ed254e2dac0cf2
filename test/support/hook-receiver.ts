import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from './certificates.ts';

/** What a receiver was sent. */
export interface ReceivedMessage {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What it does with the request of that number (0, 1 …): a status, headers too, or never an answer. */
export type Reply =
  | number
  | { readonly status: number; readonly headers: Record<string, string> }
  | 'nothing';

/** A real HTTP or HTTPS server on loopback that hooks are sent to. */
export interface HookReceiver extends AsyncDisposable {
  /** `http://127.0.0.1:…/in` */
  readonly url: string;
  readonly port: number;
  /** In the order in which they came. */
  readonly received: readonly ReceivedMessage[];
}

export async function startHookReceiver(
  reply: (request: number) => Reply = () => 200,
  tls?: TestCertificate,
): Promise<HookReceiver> {
  const received: ReceivedMessage[] = [];
  const listener: RequestListener = async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = '', url: path = '', headers } = request;
    received.push({ method, path, headers, text: Buffer.concat(pieces).toString() });
    const said = reply(received.length - 1);
    if (said === 'nothing') return;
    const { status, headers: more } = typeof said === 'number' ? { status: said, headers: {} } : said;
    response.writeHead(status, more).end('{"secret":"of the receiver"}');
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/in`,
    port,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
