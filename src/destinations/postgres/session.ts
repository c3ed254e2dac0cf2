import type { Duplex } from 'node:stream';
import pg from 'pg';
import { orAbort } from '../../network/or-abort.ts';
import { DriverStream } from '../driver-stream.ts';
import { createBackendMessages } from './backend-messages.ts';
import { openCopyIn } from './copy-in.ts';
import type { PostgresSettings } from './settings.ts';

/** A signed-in connection. One statement at a time. */
export interface PostgresSession extends AsyncDisposable {
  /**
   * Runs one statement. When the signal aborts, the statement is cancelled on the server and the session ends.
   * @throws the driver's error, see query-failure.ts.
   */
  query<Row extends object>(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<Row[]>;
  /**
   * Runs one statement that is prepared once for each text and session, and says how many rows it touched. `few`: its
   * rows are so few that its answer is as near as those of others.
   */
  prepared<Row extends object>(
    sql: string,
    values: readonly unknown[],
    signal: AbortSignal,
    few?: boolean,
  ): Promise<Answer<Row>>;
  /** Runs several statements without values in one round trip; ends as {@link query} does. */
  script(statements: readonly string[], signal: AbortSignal): Promise<Answer<object>[]>;
  /** Begins a COPY … FROM STDIN statement; nothing else can run before it has ended. Ends as {@link query} does. */
  copyIn(sql: string, signal: AbortSignal): Promise<SessionCopy>;
  /** False once the connection is gone, so that no further statement can succeed. */
  readonly isOpen: boolean;
}

/** A COPY under way, see `CopyIn`; each part ends with a signal of its own. */
export interface SessionCopy {
  write(chunk: Buffer, signal: AbortSignal): Promise<void>;
  end(signal: AbortSignal): Promise<void>;
}

export interface Answer<Row> {
  readonly rows: Row[];
  /** Rows that the statement returned or changed. */
  readonly count: number;
}

export interface SessionOptions {
  readonly settings: Pick<PostgresSettings, 'username' | 'password' | 'database' | 'host' | 'port'>;
  /** The connection is encrypted, so that the server may ask for the password in clear text. */
  readonly encrypted: boolean;
  /** Bytes the server may send for one statement before the session is ended. */
  readonly mostBytes: number;
  /** Another connection to the same server over which a statement is cancelled; same protection as the first. */
  redial(signal: AbortSignal): Promise<Duplex>;
  readonly signal: AbortSignal;
}

const goodbyeMilliseconds = 1_000;
const cancelMilliseconds = 1_500;
/** Prepared statements of a session; each holds memory in the server. */
const mostPrepared = 200;

/**
 * Signs in over a ready connection, which belongs to the session from here on.
 * @throws {ProtocolError} and the driver's errors, see sign-in-failure.ts.
 */
export async function openSession(connection: Duplex, options: SessionOptions): Promise<PostgresSession> {
  const { settings, encrypted, mostBytes, redial, signal } = options;
  const stream = new DriverStream(connection, createBackendMessages({ encrypted, mostBytes }));
  const client = new pg.Client({
    stream: () => stream,
    ssl: false,
    sslnegotiation: 'postgres',
    host: settings.host,
    port: settings.port,
    user: settings.username,
    database: settings.database,
    password: settings.password,
    application_name: 'backstitch',
  });
  // Every call that is under way rejects with it; between calls the next one does.
  client.on('error', () => {});
  try {
    await orAbort(client.connect(), signal, { message: 'Signing in took too long.', facts: {} });
  } catch (error) {
    stream.destroy();
    throw error;
  }

  let cancelled: Promise<void> | undefined;
  const abandon = () => {
    cancelled ??= cancel(client, redial).finally(() => stream.destroy());
  };

  async function guarded<T>(work: () => Promise<T>, deadline: AbortSignal): Promise<T> {
    deadline.throwIfAborted();
    deadline.addEventListener('abort', abandon, { once: true });
    try {
      return await orAbort(work(), deadline, { message: 'The server did not answer in time.', facts: {} });
    } finally {
      deadline.removeEventListener('abort', abandon);
    }
  }

  const names = new Map<string, string>();
  /** The name of a prepared statement; null when the session has enough of them. */
  function nameOf(sql: string): string | null {
    let name = names.get(sql);
    if (name === undefined && names.size < mostPrepared) {
      name = `backstitch_${names.size}`;
      names.set(sql, name);
    }
    return name ?? null;
  }

  return {
    query: async (sql, values, deadline) =>
      (await guarded(() => client.query(sql, [...values]), deadline)).rows,
    async prepared(sql, values, deadline) {
      const name = nameOf(sql);
      const config = { text: sql, values: [...values], ...(name === null ? {} : { name }) };
      const { rows, rowCount } = await guarded(() => client.query(config), deadline);
      return { rows, count: rowCount ?? 0 };
    },
    async script(statements, deadline) {
      const answers: unknown = await guarded(() => client.query(statements.join('; ')), deadline);
      return (Array.isArray(answers) ? answers : [answers]).map(({ rows, rowCount }: pg.QueryResult) => ({
        rows,
        count: rowCount ?? 0,
      }));
    },
    async copyIn(sql, deadline) {
      const copy = await guarded(() => openCopyIn(client, sql), deadline);
      return {
        write: (chunk, signal) => guarded(() => copy.write(chunk), signal),
        end: (signal) => guarded(() => copy.end(), signal),
      };
    },
    get isOpen() {
      return !stream.destroyed;
    },
    async [Symbol.asyncDispose]() {
      await cancelled;
      if (!stream.destroyed) {
        const patience = AbortSignal.timeout(goodbyeMilliseconds);
        await orAbort(client.end(), patience, { message: 'No goodbye.', facts: {} }).catch(() => {});
      }
      stream.destroy();
    },
  };
}

/** Asks the server to stop what the session is doing. The server answers nothing, and failing changes nothing. */
async function cancel(client: pg.Client, redial: SessionOptions['redial']): Promise<void> {
  const { processID, secretKey } = client as unknown as {
    processID: number | null;
    secretKey: number | null;
  };
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const patience = AbortSignal.timeout(cancelMilliseconds);
  try {
    const connection = await redial(patience);
    const closed = new Promise<void>((resolve) => connection.once('close', () => resolve()));
    connection.resume();
    connection.end(request);
    const waited = orAbort(closed, patience, { message: 'The server kept the connection.', facts: {} });
    await waited.finally(() => connection.destroy());
  } catch {
    // Closing the session makes the server roll back as well, only later.
  }
}
