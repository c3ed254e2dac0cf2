import type pg from 'pg';

/** The part of the driver's connection that COPY uses; its type declarations leave it out. */
interface CopyConnection {
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * Sends rows in COPY's text format. `sql` is a COPY … FROM STDIN statement. Rejects with the server's error; the
 * session stays usable.
 */
export function copyRows(client: pg.Client, sql: string, rows: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const nothing = () => {};
    client.query({
      submit: (connection: unknown) => (connection as CopyConnection).query(sql),
      handleCopyInResponse(connection: CopyConnection) {
        connection.sendCopyFromChunk(Buffer.from(rows));
        connection.endCopyFrom();
      },
      handleReadyForQuery: () => resolve(),
      handleError: (error: Error) => reject(error),
      handleCommandComplete: nothing,
      handleRowDescription: nothing,
      handleDataRow: nothing,
      handleEmptyQuery: nothing,
      handlePortalSuspended: nothing,
      handleCopyData: nothing,
    } as pg.Submittable);
  });
}
