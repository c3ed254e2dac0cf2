import type { Duplex } from 'node:stream';
import pg from 'pg';
import { orAbort } from '../../network/or-abort.ts';
import { createBackendMessages } from './backend-messages.ts';
import { copyRows } from './copy-rows.ts';
import { DriverStream } from './driver-stream.ts';
import type { PostgresSettings } from './settings.ts';

/** A signed-in connection. One statement at a time. */
export interface PostgresSession extends AsyncDisposable {
  /**
   * Runs one statement. When the signal aborts, the statement is cancelled on the server and the session ends.
   * @throws the driver's error, see query-failure.ts.
   */
  query<Row extends object>(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<Row[]>;
  /** Sends rows in COPY's text format by a COPY … FROM STDIN statement; ends as {@link query} does. */
  copyRows(sql: string, rows: string, signal: AbortSignal): Promise<void>;
}

export interface SessionOptions {
  readonly settings: Pick<PostgresSettings, 'username' | 'password' | 'database' | 'host' | 'port'>;
  /** The connection is encrypted, so that the server may ask for the password in clear text. */
  readonly encrypted: boolean;
  /** Bytes the server may send in all before the session is ended. */
  readonly mostBytes: number;
  /** Another connection to the same server over which a statement is cancelled; same protection as the first. */
  redial(signal: AbortSignal): Promise<Duplex>;
  readonly signal: AbortSignal;
}

const goodbyeMilliseconds = 1_000;
const cancelMilliseconds = 1_500;

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

  return {
    query: async (sql, values, deadline) =>
      (await guarded(() => client.query(sql, [...values]), deadline)).rows,
    copyRows: (sql, rows, deadline) => guarded(() => copyRows(client, sql, rows), deadline),
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
