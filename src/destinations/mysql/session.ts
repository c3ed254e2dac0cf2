import type { Duplex, Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import mysql from 'mysql2';
import { orAbort } from '../../network/or-abort.ts';
import { DriverStream } from '../driver-stream.ts';
import { createBoundedBytes } from './mysql-bytes.ts';
import type { MysqlSettings } from './settings.ts';

/** A row as the server writes it: every value is text or null. */
export type TextRow = Readonly<Record<string, string | null>>;

/** What a statement without rows did. */
export interface Outcome {
  /** Rows inserted, plus twice the rows that ON DUPLICATE KEY UPDATE changed. */
  readonly affected: number;
  /** Rows that ON DUPLICATE KEY UPDATE changed, when there were several rows. */
  readonly duplicates: number;
  readonly warnings: number;
}

/** A signed-in connection. One statement at a time. Statements are made with the functions of quote.ts only. */
export interface MysqlSession extends AsyncDisposable {
  /**
   * Runs one statement that gives rows. When the signal aborts, the statement is killed on the server and the session
   * ends.
   * @throws the driver's error, see query-failure.ts.
   */
  query(sql: string, signal: AbortSignal): Promise<TextRow[]>;
  /** Runs one statement that changes something; ends as {@link query} does. */
  run(sql: string, signal: AbortSignal): Promise<Outcome>;
  /** Runs LOAD DATA LOCAL; whatever file the server asks for, it gets these bytes. Ends as {@link query} does. */
  loadLocal(sql: string, bytes: Readable, signal: AbortSignal): Promise<Outcome>;
  /** False once the connection is gone, so that no further statement can succeed. */
  readonly isOpen: boolean;
  /** `TLSv1.3`; null without TLS. */
  readonly tlsProtocol: string | null;
}

export interface SessionOptions {
  readonly settings: Pick<MysqlSettings, 'username' | 'password' | 'host' | 'port' | 'encrypted'>;
  /** Bytes the server may send for one statement before the session is ended. */
  readonly mostBytes: number;
  /** Another connection to the same server, over which a statement is killed. */
  redial(signal: AbortSignal): Promise<Duplex>;
  readonly signal: AbortSignal;
}

const goodbyeMilliseconds = 1_000;
const killMilliseconds = 3_000;

/**
 * Signs in over a ready connection, which belongs to the session from here on.
 * @throws {ProtocolError} and the driver's errors, see sign-in-failure.ts.
 */
export async function openSession(connection: Duplex, options: SessionOptions): Promise<MysqlSession> {
  const { settings, mostBytes, redial, signal } = options;
  const bytes = createBoundedBytes(mostBytes);
  const stream = new DriverStream(connection, bytes);
  const client = connect(stream, settings);
  // Every call that is under way rejects with it; between calls the next one does.
  client.on('error', () => {});
  try {
    await orAbort(signedIn(client), signal, { message: 'Signing in took too long.', facts: {} });
  } catch (error) {
    client.destroy();
    stream.destroy();
    throw error;
  }

  let killed: Promise<void> | undefined;
  const abandon = () => {
    killed ??= kill(client.threadId, settings, redial).finally(() => stream.destroy());
  };

  async function guarded<T>(work: () => Promise<T>, deadline: AbortSignal): Promise<T> {
    deadline.throwIfAborted();
    bytes.restart();
    deadline.addEventListener('abort', abandon, { once: true });
    try {
      return await orAbort(work(), deadline, { message: 'The server did not answer in time.', facts: {} });
    } finally {
      deadline.removeEventListener('abort', abandon);
    }
  }

  return {
    query: async (sql, deadline) => (await guarded(() => ask(client, { sql }), deadline)) as TextRow[],
    run: async (sql, deadline) => outcomeOf(await guarded(() => ask(client, { sql }), deadline)),
    loadLocal: async (sql, source, deadline) =>
      outcomeOf(await guarded(() => ask(client, { sql, infileStreamFactory: () => source }), deadline)),
    get isOpen() {
      return !stream.destroyed;
    },
    get tlsProtocol() {
      const { stream: used } = client as unknown as { stream: unknown };
      return used instanceof TLSSocket ? used.getProtocol() : null;
    },
    async [Symbol.asyncDispose]() {
      await killed;
      if (!stream.destroyed) {
        const patience = AbortSignal.timeout(goodbyeMilliseconds);
        const ended = new Promise<void>((resolve) => client.end(() => resolve()));
        await orAbort(ended, patience, { message: 'No goodbye.', facts: {} }).catch(() => {});
      }
      client.destroy();
      stream.destroy();
    },
  };
}

function connect(stream: DriverStream, settings: SessionOptions['settings']): mysql.Connection {
  return mysql.createConnection({
    stream: () => stream,
    host: settings.host,
    port: settings.port,
    user: settings.username,
    password: settings.password,
    // The form has nothing to verify by; without TLS at the other end the driver gives up.
    ...(settings.encrypted ? { ssl: { rejectUnauthorized: false, minVersion: 'TLSv1.2' } } : {}),
    charset: 'utf8mb4_bin',
    connectTimeout: 0,
    // Rows that an update leaves as they are do not count.
    flags: ['-FOUND_ROWS'],
    connectAttributes: { program_name: 'backstitch' },
    disableEval: true,
    typeCast: (field: { string(): string | null }) => field.string(),
  } as mysql.ConnectionOptions);
}

function signedIn(client: mysql.Connection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.connect((error) => (error ? reject(error) : resolve()));
  return promise;
}

function ask(client: mysql.Connection, query: mysql.QueryOptions): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  client.query(query, (error, result) => (error ? reject(error) : resolve(result)));
  return promise;
}

function outcomeOf(result: unknown): Outcome {
  const { affectedRows = 0, warningStatus = 0, info = '' } = result as Partial<mysql.ResultSetHeader>;
  return {
    affected: affectedRows,
    duplicates: Number(/Duplicates: (\d+)/.exec(info)?.[1] ?? 0),
    warnings: warningStatus,
  };
}

/** Ends what the session is doing, from a connection of its own. Failing changes nothing: the connection is closed. */
async function kill(
  threadId: number,
  settings: SessionOptions['settings'],
  redial: SessionOptions['redial'],
): Promise<void> {
  const patience = AbortSignal.timeout(killMilliseconds);
  try {
    const stream = new DriverStream(await redial(patience), createBoundedBytes(65_536));
    const client = connect(stream, settings);
    client.on('error', () => {});
    try {
      const killing = signedIn(client).then(() => ask(client, { sql: `kill ${Math.trunc(threadId)}` }));
      await orAbort(killing, patience, { message: 'The statement could not be killed.', facts: {} });
    } finally {
      client.destroy();
      stream.destroy();
    }
  } catch {
    // The server notices a closed connection as well, only later.
  }
}
