import { Agent, type AgentOptions, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { connectTo } from '../../network/connect-to.ts';
import type { Network } from '../../network/network.ts';
import { NetworkError } from '../../network/network.ts';

/** The part of a request of the AWS SDK that goes over the wire. */
interface SentRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

interface Answer {
  readonly statusCode: number;
  readonly reason?: string;
  readonly headers: Record<string, string>;
  readonly body: IncomingMessage;
}

/** What the AWS SDK asks of its way out. */
export interface RequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(sent: SentRequest, options?: { abortSignal?: unknown }): Promise<{ response: Answer }>;
  /** Closes what is open. */
  destroy(): void;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

/** An answer that says nothing for so long is none any more. */
const silenceMilliseconds = 30_000;
const dialMilliseconds = 10_000;
const connections = 8;

/**
 * Sends the requests of the AWS SDK, every one over a connection that the network policy has judged: names are resolved
 * and judged anew for each connection, so whatever the SDK thinks of by itself (another region's host, a retry) is
 * judged too. Answers in clear text are taken only from an endpoint without https. Redirects are answers.
 */
export function createRequestHandler(network: Network): RequestHandler {
  const agents = { 'http:': new JudgedAgent(network, false), 'https:': new JudgedAgent(network, true) };

  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(sent, { abortSignal } = {}) {
      const agent = sent.protocol === 'https:' ? agents['https:'] : agents['http:'];
      return { response: await exchange(sent, agent, abortSignal as AbortSignal | undefined) };
    },
    destroy() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

/** Makes connections as the policy allows; keeps them open between requests. */
class JudgedAgent extends Agent {
  readonly #network: Network;
  readonly #secure: boolean;
  readonly #ending = new AbortController();

  constructor(network: Network, secure: boolean) {
    super({ keepAlive: true, maxSockets: connections, defaultPort: secure ? 443 : 80 } as AgentOptions);
    this.#network = network;
    this.#secure = secure;
    Object.assign(this, { protocol: secure ? 'https:' : 'http:' });
  }

  override createConnection(
    options: { host?: string | null; port?: number | string | null },
    made?: (error: Error | null, connection: Duplex) => void,
  ): undefined {
    this.#connect(String(options.host), Number(options.port)).then(
      (connection) => made?.(null, connection),
      // Node's own agent passes nothing beside an error.
      (error: Error) => (made as ((error: Error) => void) | undefined)?.(error),
    );
  }

  async #connect(host: string, port: number): Promise<Duplex> {
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(dialMilliseconds)]);
    const network = this.#network;
    const connection = await connectTo({ network, host, port, signal });
    if (!this.#secure) return connection;
    return await network.startTls(connection, { host, trusted: null, authorities: 'system', signal });
  }

  override destroy(): void {
    this.#ending.abort(new NetworkError('timeout', 'The session was closed.'));
    super.destroy();
  }
}

function exchange(sent: SentRequest, agent: Agent, signal: AbortSignal | undefined): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  if (signal?.aborted) return Promise.reject(signal.reason);
  const asked = request({
    method: sent.method,
    host: sent.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(sent.port === undefined ? {} : { port: sent.port }),
    protocol: sent.protocol,
    path: sent.path + renderQuery(sent.query),
    headers: sent.headers,
    agent,
    timeout: silenceMilliseconds,
  });
  const cut = () => asked.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', cut, { once: true });
  asked.once('close', () => signal?.removeEventListener('abort', cut));
  asked.on('timeout', () => asked.destroy(new NetworkError('timeout', 'The store does not answer.')));
  asked.on('error', reject);
  asked.on('response', (answer) => {
    // Whoever reads it is told; a body that nobody reads must not end the process.
    answer.on('error', () => {});
    resolve({
      statusCode: answer.statusCode ?? 0,
      ...(answer.statusMessage === undefined ? {} : { reason: answer.statusMessage }),
      headers: headersOf(answer),
      body: answer,
    });
  });
  asked.end(sent.body as Uint8Array | string | undefined);
  return promise;
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );

/** As it was signed: sorted by name, percent-encoded as RFC 3986 has it. */
function renderQuery(query: SentRequest['query'] = {}): string {
  const parts = Object.keys(query)
    .sort()
    .flatMap((name) => {
      const value = query[name];
      const key = encode(name);
      if (Array.isArray(value)) return value.map((each) => `${key}=${encode(each)}`);
      return typeof value === 'string' ? [`${key}=${encode(value)}`] : [key];
    });
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
