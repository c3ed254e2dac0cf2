import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { splitMessages, statementOf } from './client-messages.ts';

/** What the proxy does in place of the server. */
export type ProxyRule =
  /** Answers statements that match with an error. */
  | { readonly statement: RegExp; readonly error: { readonly code: string; readonly message: string } }
  /** Answers statements that match with one row of text. */
  | { readonly statement: RegExp; readonly row: Readonly<Record<string, string>> }
  /** Passes the statement on, but neither its answer nor anything after it. */
  | { readonly statement: RegExp; readonly swallow: 'answers' }
  /** Answers the sign-in with an error. */
  | { readonly signIn: { readonly code: string; readonly message: string } };

/** A proxy in front of a real PostgreSQL that answers chosen statements itself. Speaks no TLS. */
export interface PostgresProxy extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** For what arrives from now on; the first that fits counts. */
  rules: readonly ProxyRule[];
  /** Texts of all statements that arrived, in order. */
  readonly statements: readonly string[];
}

export async function startPostgresProxy(options: {
  readonly targetPort: number;
  readonly rules?: readonly ProxyRule[];
}): Promise<PostgresProxy> {
  const open = new Set<Socket>();
  const statements: string[] = [];
  const track = (socket: Socket): Socket => {
    open.add(socket);
    // Each message is passed on as it comes: waiting for more costs 40 ms for each statement.
    socket.setNoDelay();
    socket.on('close', () => open.delete(socket));
    // Connections are broken off on purpose here.
    return socket.on('error', () => {});
  };

  const server = createServer((client) => {
    const target = track(connect({ host: '127.0.0.1', port: options.targetPort }));
    track(client);
    let swallowing = false;
    let answeredHere = false;
    target.on('data', (chunk) => swallowing || client.write(chunk));
    client.on('close', () => target.destroy());
    target.on('close', () => swallowing || client.destroy());
    client.on(
      'data',
      splitMessages((type, message) => {
        const rule = proxy.rules.find((candidate) => fits(candidate, type, message));
        if (type === 'Q' || type === 'P') statements.push(statementOf(type, message));
        // What belongs to a statement that was answered here ends with its Sync.
        if (answeredHere) {
          answeredHere = type !== 'S';
          return;
        }
        if (rule === undefined || 'swallow' in rule) {
          swallowing ||= rule !== undefined;
          target.write(message);
          return;
        }
        answeredHere = type === 'P';
        client.write(answerOf(rule));
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const proxy: PostgresProxy = {
    host: '127.0.0.1',
    port: address.port,
    rules: options.rules ?? [],
    statements,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

function fits(rule: ProxyRule, type: string, message: Buffer): boolean {
  if ('signIn' in rule) return type === 'startup' && message.readInt32BE(4) === protocol3;
  return (type === 'Q' || type === 'P') && rule.statement.test(statementOf(type, message));
}

function answerOf(rule: Exclude<ProxyRule, { swallow: unknown }>): Buffer {
  if ('signIn' in rule) return errorResponse(rule.signIn);
  if ('error' in rule) return Buffer.concat([errorResponse(rule.error), ready('E')]);
  const names = Object.keys(rule.row);
  const fields = names.map((name) =>
    Buffer.concat([Buffer.from(`${name}\0`), Buffer.from('000000000000000000190000ffffffff0000', 'hex')]),
  );
  const values = Object.values(rule.row).map((value) =>
    Buffer.concat([int32(Buffer.byteLength(value)), Buffer.from(value)]),
  );
  return Buffer.concat([
    message('T', int16(names.length), ...fields),
    message('D', int16(values.length), ...values),
    message('C', Buffer.from('SELECT 1\0')),
    ready('I'),
  ]);
}

/** Version 3.0 of the protocol in a startup message; a request to cancel has another number there. */
const protocol3 = 196608;

const errorResponse = ({ code, message: text }: { code: string; message: string }): Buffer =>
  message('E', Buffer.from(`SERROR\0VERROR\0C${code}\0M${text}\0\0`));
const ready = (state: string): Buffer => message('Z', Buffer.from(state));
const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
