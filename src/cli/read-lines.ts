import type { Readable } from 'node:stream';
import { Failure } from '../errors/failure.ts';

/** The server takes no larger body: such a line is no record that could be sent. */
const longestLine = 20 * 1024 * 1024;
const lineFeed = 0x0a;

/** A line of a stream, without its line feed. */
export interface Line {
  readonly bytes: Uint8Array;
  /** From 1. */
  readonly number: number;
}

/**
 * The lines of a stream of bytes that are not blank, as many at a time as have come. The last one needs no line feed,
 * and a byte order mark before the first is no part of it.
 * @throws {Failure} PayloadTooLarge for a line over 20 MB; and whatever the stream fails with.
 */
export async function* readLines(input: Readable): AsyncGenerator<readonly Line[]> {
  let number = 1;
  let begun: Uint8Array[] = [];
  let begunBytes = 0;

  function end(part: Uint8Array): Line {
    const whole = begun.length === 0 ? part : Buffer.concat([...begun, part]);
    const bytes = number === 1 ? withoutMark(whole) : whole;
    begun = [];
    begunBytes = 0;
    return { bytes, number: number++ };
  }

  for await (const chunk of input as AsyncIterable<Buffer>) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      lines.push(end(chunk.subarray(from, at)));
      from = at + 1;
    }
    begun.push(chunk.subarray(from));
    begunBytes += chunk.length - from;
    if (begunBytes > longestLine)
      throw new Failure('PayloadTooLarge', `line ${number} is longer than ${longestLine} bytes`, {
        remedy: 'Is every record on a line of its own?',
      });
    yield lines.filter(isNotEmpty);
  }
  yield [end(new Uint8Array())].filter(isNotEmpty);
}

/** Space, tab and carriage return are nothing. */
const isNotEmpty = ({ bytes }: Line): boolean =>
  bytes.some((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0d);

/** Some programs for Windows begin a file with one. */
const withoutMark = (line: Uint8Array): Uint8Array =>
  line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
