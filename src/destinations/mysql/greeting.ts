import type { Duplex } from 'node:stream';
import { nextChunk } from '../../network/next-chunk.ts';
import { orAbort } from '../../network/or-abort.ts';
import { ProtocolError } from './mysql-bytes.ts';
import { ServerRefusal } from './server-words.ts';

/** What a server says before anybody asks. */
export interface Greeting {
  /** `8.0.36`, `5.5.5-10.11.6-MariaDB`. */
  readonly version: string;
  readonly offersTls: boolean;
}

const headerBytes = 4;
/** The longest that any server sends is a few hundred bytes. */
const longest = 4_096;
const tlsFlag = 0x0800;

/**
 * Reads the server's first packet and puts it back, so that the driver reads it again.
 * @throws {ServerRefusal} the server turns everybody away, or our address.
 * @throws {ProtocolError} `not_mysql`, `closed`. @throws {NetworkError} `reset`, `timeout`.
 */
export async function readGreeting(connection: Duplex, host: string, signal: AbortSignal): Promise<Greeting> {
  const bytes = await orAbort(firstPacket(connection), signal, {
    message: 'The server did not greet in time.',
    facts: { host },
  });
  connection.unshift(bytes);
  return parseGreeting(bytes.subarray(headerBytes, headerBytes + bytes.readUIntLE(0, 3)));
}

function parseGreeting(body: Buffer): Greeting {
  if (body[0] === 0xff && body.length > 3)
    throw new ServerRefusal(body.readUInt16LE(1), body.toString('utf8', 3).replace(/^#[0-9A-Z]{5}/, ''));
  const end = body.indexOf(0, 1);
  // Version, connection id, eight bytes of salt and a filler stand before the flags.
  const flagsAt = end + 1 + 4 + 8 + 1;
  if (body[0] !== 10 || end < 2 || body.length < flagsAt + 2) throw foreign();
  const version = body.toString('latin1', 1, end);
  if (!/^\d+\.\d+/.test(version)) throw foreign();
  return { version, offersTls: (body.readUInt16LE(flagsAt) & tlsFlag) !== 0 };
}

const foreign = (): ProtocolError =>
  new ProtocolError('not_mysql', 'The server sent something that is no greeting of MySQL.');

/** Reads until one packet is whole; leaves the connection paused. */
async function firstPacket(connection: Duplex): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    bytes = Buffer.concat([bytes, await nextChunk(connection, greeting)]);
    if (bytes.length < headerBytes) continue;
    const length = bytes.readUIntLE(0, 3);
    if (length === 0 || length > longest || bytes[3] !== 0) throw foreign();
    if (bytes.length >= headerBytes + length) return bytes;
  }
}

const greeting = {
  for: 'greeting',
  closed: () => new ProtocolError('closed', 'The server closed the connection instead of greeting.'),
};
