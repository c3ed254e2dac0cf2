import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import type { Engine } from './engine.ts';
import { readPart, type SpoolPart, spoolUsage } from './operations/spool-parts.ts';
import { type Spool, SpoolDamage } from './spool-store.ts';

/** Raw bytes in a part. */
const partBytes = 1024 * 1024;

/** A body so small is compressed and decompressed faster than another thread is told to do it. */
const smallBytes = 16 * 1024;

const compressLarge = promisify(zstdCompress);
const decompressLarge = promisify(zstdDecompress);
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** A body as the database keeps it. */
export interface PackedBody {
  readonly parts: readonly SpoolPart[];
  readonly rawBytes: number;
  readonly storedBytes: number;
}

export async function packBody(body: Uint8Array): Promise<PackedBody> {
  const parts = await Promise.all(cut(body).map(pack));
  const storedBytes = parts.reduce((sum, part) => sum + part.body.byteLength, 0);
  return { parts, rawBytes: body.byteLength, storedBytes };
}

/** The spool in the store's own database. */
export function createSpool(engine: Engine): Spool {
  return {
    async append(batchId, body) {
      const { parts, rawBytes, storedBytes } = await packBody(body);
      await engine.write('spool.append', { batchId, parts }, storedBytes);
      return { rawBytes, storedBytes, parts: parts.length };
    },
    async *read(batchId) {
      let parts = 1;
      for (let part = 0; part < parts; part += 1) {
        const stored = await engine.read(readPart, { batchId, part });
        if (!stored) throw new SpoolDamage(batchId, part, 'the part is missing');
        parts = stored.parts;
        yield await unpack(batchId, part, stored);
      }
    },
    drop: (batchIds) => engine.write('spool.drop', batchIds),
    usage: () => engine.read(spoolUsage, undefined),
  };
}

/** An empty body is one empty part: it was appended, and can be told from one that is missing. */
function cut(body: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(body.byteLength / partBytes));
  return Array.from({ length: count }, (_, part) => body.subarray(part * partBytes, (part + 1) * partBytes));
}

async function pack(raw: Uint8Array): Promise<SpoolPart> {
  const body = raw.byteLength < smallBytes ? zstdCompressSync(raw, fast) : await compressLarge(raw, fast);
  return { rawBytes: raw.byteLength, checksum: checksumOf(raw), body };
}

async function unpack(batchId: string, part: number, stored: SpoolPart): Promise<Uint8Array> {
  const raw = await decompress(stored).catch((error: Error) => {
    throw new SpoolDamage(batchId, part, `it cannot be decompressed: ${error.message}`);
  });
  if (raw.byteLength !== stored.rawBytes)
    throw new SpoolDamage(batchId, part, `${raw.byteLength} bytes where ${stored.rawBytes} were stored`);
  if (checksumOf(raw) !== stored.checksum) throw new SpoolDamage(batchId, part, 'the checksum does not hold');
  return raw;
}

const decompress = async ({ body, rawBytes }: SpoolPart): Promise<Buffer> =>
  rawBytes < smallBytes ? zstdDecompressSync(body) : await decompressLarge(body);

const checksumOf = (raw: Uint8Array): string => createHash('sha256').update(raw).digest('hex');
