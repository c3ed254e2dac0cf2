import type { Duplex } from 'node:stream';
import { NetworkError } from './network.ts';

/**
 * The next bytes that come over a connection, which is paused then: what follows may be for somebody else.
 * @param waited.for what the server was to do, as `greeting`. @param waited.closed the error of a server that ends the
 * connection instead. @throws {NetworkError} `reset`
 */
export function nextChunk(
  connection: Duplex,
  waited: { readonly for: string; closed(): Error },
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const broken = (cause: Error) =>
    reject(new NetworkError('reset', `The server broke the connection instead of ${waited.for}.`, { cause }));
  const closed = () => reject(waited.closed());
  // It may have broken between two steps, when nobody listened.
  if (connection.errored) broken(connection.errored);
  else if (connection.destroyed) closed();
  connection.once('error', broken).once('end', closed).once('close', closed);
  connection.once('data', (chunk: Buffer) => {
    connection.pause();
    resolve(chunk);
  });
  return promise.finally(() => {
    connection.off('error', broken).off('end', closed).off('close', closed);
  });
}
