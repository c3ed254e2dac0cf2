import type { Duplex } from 'node:stream';
import type pg from 'pg';

/** The part of the driver's connection that COPY uses; its type declarations leave it out. */
interface CopyConnection {
  readonly stream: Duplex;
  query(sql: string): void;
  endCopyFrom(): void;
}

/** A COPY … FROM STDIN under way. */
export interface CopyIn {
  /**
   * Sends a chunk, which need not end where a row ends. Resolves when it has left this process: from then on its memory
   * may be used again. @throws the server's error, which may belong to an earlier chunk.
   */
  write(chunk: Buffer): Promise<void>;
  /** Ends the statement. Resolves when the server has taken all rows. @throws the server's error. */
  end(): Promise<void>;
}

/** Type of the message that carries rows. */
const copyData = 0x64;

/** Begins a COPY … FROM STDIN statement. Rejects with the server's error; the session stays usable. */
export async function openCopyIn(client: pg.Client, sql: string): Promise<CopyIn> {
  const began = Promise.withResolvers<CopyConnection>();
  const ended = Promise.withResolvers<void>();
  // Whoever writes or ends meets the error; between two chunks nobody listens.
  ended.promise.catch(() => {});
  const nothing = () => {};
  client.query({
    submit: (connection: unknown) => (connection as CopyConnection).query(sql),
    handleCopyInResponse: (connection: CopyConnection) => began.resolve(connection),
    handleReadyForQuery: () => ended.resolve(),
    handleError(error: Error) {
      began.reject(error);
      ended.reject(error);
    },
    handleCommandComplete: nothing,
    handleRowDescription: nothing,
    handleDataRow: nothing,
    handleEmptyQuery: nothing,
    handlePortalSuspended: nothing,
    handleCopyData: nothing,
  } as pg.Submittable);
  const connection = await began.promise;

  return {
    async write(chunk) {
      const { stream } = connection;
      const header = Buffer.allocUnsafe(5);
      header[0] = copyData;
      header.writeUInt32BE(chunk.length + 4, 1);
      stream.write(header);
      const sent = new Promise<void>((resolve, reject) =>
        stream.write(chunk, (error) => (error ? reject(error) : resolve())),
      );
      // A connection that is gone never calls back; then only the end comes.
      await Promise.race([sent, ended.promise]);
    },
    async end() {
      connection.endCopyFrom();
      await ended.promise;
    },
  };
}
