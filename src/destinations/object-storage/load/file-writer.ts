import { setImmediate as turn } from 'node:timers/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { Bucket, Upload } from '../bucket.ts';
import type { CommittedFile } from './lane-record.ts';
import { createPartBuffer } from './part-buffer.ts';

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

/** Characters that are taken before what is on its way gets a turn. */
const turnCharacters = 131_072;

export function createFileWriter(options: FileWriterOptions): FileWriter {
  const { bucket, key, contentType, partBytes, signal } = options;
  const compress = options.gzip ? createCompressor() : null;
  const begun = new Set<Promise<void>>();
  const parts: string[] = [];
  let upload: Promise<Upload> | null = null;
  let bytes = 0;
  let numbers = 0;
  let failure: unknown = null;
  let sinceTurn = 0;
  /** Memory of parts that were sent: to get new memory takes longer than to fill it. */
  const spare: Buffer[] = [];
  const waiting = createPartBuffer({ partBytes, take: send, spare: () => spare.pop() });

  const noteFailure = (error: unknown): void => {
    failure ??= error;
  };

  async function begin(): Promise<Upload> {
    return { key, uploadId: await bucket.beginUpload({ key, contentType }, signal) };
  }

  async function send(part: Buffer): Promise<void> {
    upload ??= begin();
    numbers += 1;
    const number = numbers;
    const sent = upload.then(async (open) => {
      parts[number - 1] = await bucket.uploadPart(open, number, part, signal);
      // What failed or was cut off may still be read from.
      if (part.length === partBytes) spare.push(part);
    });
    // Met below, by whoever writes next; nothing is unhandled meanwhile.
    const settled = sent.catch(noteFailure).finally(() => begun.delete(settled));
    begun.add(settled);
    while (begun.size >= atOnce) await Promise.race(begun);
  }

  async function compressed(chunks: readonly Buffer[]): Promise<void> {
    for (const chunk of chunks) {
      bytes += chunk.length;
      await waiting.addBytes(chunk);
    }
  }

  /** Rows are made without a pause; meanwhile sockets that could take more would wait. */
  async function letPartsGo(characters: number): Promise<void> {
    sinceTurn += characters;
    if (begun.size === 0 || sinceTurn < turnCharacters) return;
    sinceTurn = 0;
    await turn();
  }

  return {
    async write(text) {
      if (compress) await compressed(await compress.add(Buffer.from(text)));
      else bytes += await waiting.addText(text);
      if (failure !== null) throw failure;
      await letPartsGo(text.length);
    },
    async finish() {
      if (compress) await compressed(await compress.end());
      const rest = waiting.rest();
      if (numbers === 0 || rest.length > 0) await send(rest);
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
