import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { freeMemory } from '../lib/own-memory.ts';
import type { SpoolPart } from './operations/spool-parts.ts';
import { SpoolDamage } from './spool-store.ts';

/**
 * A body as the spool keeps it: in parts of at most 1 MB, compressed unless they are small, each with a checksum over its
 * raw bytes. Plain, so that the threads that examine bodies and load them pack and unpack them too, and little of it crosses.
 */
export interface PackedBody {
  readonly parts: readonly SpoolPart[];
  readonly rawBytes: number;
  readonly storedBytes: number;
}

/** Raw bytes in a part. */
const partBytes = 1024 * 1024;

/** A body so small is kept as it came: setting up a compressor for it costs more than its bytes do. */
const plainBytes = 2 * 1024;

/** Takes about a millisecond for a megabyte, in the thread that calls it. */
export function packBody(body: Uint8Array): PackedBody {
  const parts = cut(body).map(pack);
  const storedBytes = parts.reduce((sum, part) => sum + part.body.byteLength, 0);
  return { parts, rawBytes: body.byteLength, storedBytes };
}

/** @throws {SpoolDamage} */
export function unpackBody(batchId: string, { parts }: Pick<PackedBody, 'parts'>): Uint8Array {
  const pieces = parts.map((part, index) => unpackPart(batchId, index, part));
  const [first] = pieces;
  if (pieces.length === 1 && first) return first;
  const whole = Buffer.concat(pieces);
  for (const piece of pieces) freeMemory(piece);
  return whole;
}

/** @throws {SpoolDamage} when what comes out is not what went in. */
export function unpackPart(batchId: string, index: number, part: SpoolPart): Uint8Array {
  const raw = decompress(batchId, index, part);
  if (raw.byteLength !== part.rawBytes)
    throw new SpoolDamage(batchId, index, `${raw.byteLength} bytes where ${part.rawBytes} were stored`);
  if (checksumOf(raw) !== part.checksum) throw new SpoolDamage(batchId, index, 'the checksum does not hold');
  return raw;
}

/** An empty body is one empty part: it was appended, and can be told from one that is missing. */
function cut(body: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(body.byteLength / partBytes));
  return Array.from({ length: count }, (_, part) => body.subarray(part * partBytes, (part + 1) * partBytes));
}

/** What zlib takes memory in, in one piece for almost all bodies: each further one costs more than the compression. */
const chunkFor = (bytes: number): number => Math.max(1_024, bytes);

function pack(raw: Uint8Array): SpoolPart {
  return { rawBytes: raw.byteLength, checksum: checksumOf(raw), body: compress(raw) };
}

/** In memory of its own: whoever gave the bytes may free theirs. */
function compress(raw: Uint8Array): Uint8Array {
  if (raw.byteLength <= plainBytes && !looksCompressed(raw)) return new Uint8Array(raw);
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  return zstdCompressSync(raw, { params, chunkSize: chunkFor(raw.byteLength >> 2) });
}

/** How every zstd frame begins, and no JSON. */
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const looksCompressed = (body: Uint8Array): boolean => magic.equals(body.subarray(0, magic.length));

/** In memory of its own, too. */
function decompress(batchId: string, index: number, { body, rawBytes }: SpoolPart): Uint8Array {
  if (!looksCompressed(body)) return new Uint8Array(body);
  try {
    // A little more than there should be: zlib looks for more only when all is filled.
    return zstdDecompressSync(body, { chunkSize: chunkFor(rawBytes + 64), maxOutputLength: rawBytes + 64 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SpoolDamage(batchId, index, `it cannot be decompressed: ${why}`);
  }
}

const checksumOf = (raw: Uint8Array): string => hash('sha256', raw, 'hex');
