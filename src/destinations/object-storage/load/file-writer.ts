import { constants, createGzip, type Gzip } from 'node:zlib';
import type { Bucket, Upload } from '../bucket.ts';
import type { CommittedFile } from './lane-record.ts';

/** A file on its way into the bucket; nobody sees it before its load is committed. */
export interface FileWriter {
  /** Takes text; resolves when more may come. Memory is bounded by a few parts. */
  write(text: string): Promise<void>;
  /** Sends what is left. To be called once, after the last text. */
  finish(): Promise<Pick<CommittedFile, 'key' | 'uploadId' | 'parts' | 'bytes'>>;
  /** Gives it up. */
  abandon(signal: AbortSignal): Promise<void>;
}

export interface FileWriterOptions {
  readonly bucket: Bucket;
  readonly key: string;
  readonly contentType: string;
  readonly gzip: boolean;
  /** Bytes of a part; 5 MiB at least, unless the file has only one. */
  readonly partBytes: number;
  readonly signal: AbortSignal;
}

/** Parts of one file that are on their way at the same time. */
const atOnce = 3;

export function createFileWriter(options: FileWriterOptions): FileWriter {
  const { bucket, key, contentType, partBytes, signal } = options;
  const compress = options.gzip ? createCompressor() : null;
  const begun = new Set<Promise<void>>();
  const parts: string[] = [];
  let upload: Promise<Upload> | null = null;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let bytes = 0;
  let numbers = 0;
  let failure: unknown = null;

  const noteFailure = (error: unknown): void => {
    failure ??= error;
  };

  async function begin(): Promise<Upload> {
    return { key, uploadId: await bucket.beginUpload({ key, contentType }, signal) };
  }

  async function send(part: Uint8Array): Promise<void> {
    upload ??= begin();
    numbers += 1;
    const number = numbers;
    const sent = upload.then(async (open) => {
      parts[number - 1] = await bucket.uploadPart(open, number, part, signal);
    });
    // Met below, by whoever writes next; nothing is unhandled meanwhile.
    const settled = sent.catch(noteFailure).finally(() => begun.delete(settled));
    begun.add(settled);
    while (begun.size >= atOnce) await Promise.race(begun);
  }

  async function take(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      waiting.push(chunk);
      waitingBytes += chunk.byteLength;
      bytes += chunk.byteLength;
    }
    while (waitingBytes >= partBytes) {
      const all = Buffer.concat(waiting);
      const rest = all.subarray(partBytes);
      waiting = rest.byteLength > 0 ? [rest] : [];
      waitingBytes = rest.byteLength;
      await send(all.subarray(0, partBytes));
    }
    if (failure !== null) throw failure;
  }

  return {
    async write(text) {
      const raw = Buffer.from(text);
      await take(compress ? await compress.add(raw) : [raw]);
    },
    async finish() {
      if (compress) await take(await compress.end());
      if (numbers === 0 || waitingBytes > 0) await send(Buffer.concat(waiting));
      waiting = [];
      waitingBytes = 0;
      await Promise.all(begun);
      if (failure !== null) throw failure;
      const { uploadId } = await (upload ?? begin());
      return { key, uploadId, parts, bytes };
    },
    async abandon(given) {
      compress?.close();
      await Promise.all(begun);
      const open = await upload?.catch(() => null);
      if (open) await bucket.abortUpload(open, given);
    },
  };
}

/** Compresses on another thread; what comes out is the same for the same input. */
function createCompressor() {
  const gzip: Gzip = createGzip({ level: constants.Z_BEST_SPEED });
  let out: Buffer[] = [];
  let failed: Error | null = null;
  gzip.on('data', (chunk: Buffer) => void out.push(chunk));
  gzip.on('error', (error) => {
    failed = error;
  });
  const taken = (): Buffer[] => out.splice(0);

  return {
    async add(raw: Buffer): Promise<Buffer[]> {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      gzip.write(raw, (error) => (error ? reject(error) : resolve()));
      await promise;
      return taken();
    },
    async end(): Promise<Buffer[]> {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      gzip.once('end', resolve).once('error', reject);
      gzip.end();
      await promise;
      if (failed) throw failed;
      return taken();
    },
    close(): void {
      gzip.destroy();
      out = [];
    },
  };
}
