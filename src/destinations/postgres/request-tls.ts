import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Network, NetworkError } from '../../network/network.ts';
import { nextChunk } from '../../network/next-chunk.ts';
import { orAbort } from '../../network/or-abort.ts';
import { ProtocolError } from './backend-messages.ts';

export interface TlsRequest {
  /** Name the certificate must carry. */
  readonly host: string;
  readonly trusted: string | null;
  readonly signal: AbortSignal;
}

/** The server answered the request for TLS with an error message of its own. */
export class TlsRequestRefused extends Error {
  override readonly name = 'TlsRequestRefused';
}

/** Length 8, and the number that stands for SSLRequest where a protocol version would. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Asks a PostgreSQL for TLS and starts it. Never goes on without.
 * @throws {NetworkError} `tls_not_supported`, and all of {@link Network.startTls}.
 * @throws {ProtocolError} `not_postgres` when the answer is none that PostgreSQL gives.
 * @throws {TlsRequestRefused}
 */
export async function requestTls(
  connection: Duplex,
  network: Network,
  { host, trusted, signal }: TlsRequest,
): Promise<TLSSocket> {
  connection.write(sslRequest);
  const answer = await orAbort(nextChunk(connection, answering), signal, {
    message: 'The server did not answer the request for TLS in time.',
    facts: { host },
  });
  const word = answer.toString('latin1', 0, 1);
  if (word === 'E' && answer.length > 1) throw new TlsRequestRefused('The request for TLS was refused.');
  // More than the one letter would be clear text that somebody put in front of the encrypted one.
  if (answer.length !== 1 || (word !== 'S' && word !== 'N'))
    throw new ProtocolError('not_postgres', 'The answer to the request for TLS is not one of PostgreSQL.');
  if (word === 'N') throw new NetworkError('tls_not_supported', 'The server offers no TLS.');
  return await network.startTls(connection, { host, trusted, signal });
}

/** What comes next belongs to TLS. */
const answering = {
  for: 'answering',
  closed: () => new ProtocolError('closed', 'The server closed the connection instead of answering.'),
};
