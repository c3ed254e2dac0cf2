import type { Bucket } from '../bucket.ts';
import type { FileSettings } from '../file-settings.ts';
import { renderKey, renderRejectedKey } from '../object-key.ts';
import { createFileWriter, type FileWriter } from './file-writer.ts';
import type { CommittedFile } from './lane-record.ts';

/** Which file a row goes into. */
export interface FileName {
  /** As in results of loads: `orders`, `orders__line_items`. */
  readonly table: string;
  /** Fields that lead to it from the top level; empty for the top level. */
  readonly path: readonly string[];
  /** Digits. */
  readonly version: string;
}

/** The files of one load: one for each table and version. */
export interface LoadFiles {
  /** Adds rows as text; resolves when more may come. */
  append(file: FileName, text: string, rows: number): Promise<void>;
  appendRejected(lines: readonly string[]): Promise<void>;
  /** Sends what is left of all; then all that is missing is to be seen. */
  finish(): Promise<readonly CommittedFile[]>;
  /** Gives all of them up. Never rejects. */
  abandon(): Promise<void>;
}

export interface LoadFilesOptions {
  readonly bucket: Bucket;
  readonly settings: FileSettings;
  readonly lane: { readonly schema: string; readonly table: string };
  /** `[timestamp_loaded]`. */
  readonly timestamp: number;
  readonly partBytes: number;
  readonly signal: AbortSignal;
}

interface OpenFile {
  readonly writer: FileWriter;
  readonly table: string;
  rows: number;
}

const rejectedTable = '_sdc_rejected';
/** Giving up is tried for so long. */
const abandonMilliseconds = 5_000;

export function openLoadFiles(options: LoadFilesOptions): LoadFiles {
  const { bucket, settings, lane, timestamp, partBytes, signal } = options;
  const files = new Map<string, OpenFile>();

  function open(key: string, table: string, contentType: string): OpenFile {
    const known = files.get(key);
    if (known) return known;
    const { gzip } = settings;
    const writer = createFileWriter({ bucket, key, contentType, gzip, partBytes, signal });
    const opened = { writer, table, rows: 0 };
    files.set(key, opened);
    return opened;
  }

  const elements = (version: string, path: readonly string[] = []) => ({
    integration: lane.schema,
    table: lane.table,
    path,
    version,
    timestamp,
  });

  async function write(file: OpenFile, text: string, rows: number): Promise<void> {
    file.rows += rows;
    await file.writer.write(text);
  }

  return {
    async append({ table, path, version }, text, rows) {
      const key = renderKey(settings.keyFormat, elements(version, path));
      await write(open(key, table, contentTypeOf(settings, settings.format)), text, rows);
    },
    async appendRejected(lines) {
      const key = renderRejectedKey(settings.keyFormat, elements('0'));
      await write(open(key, rejectedTable, contentTypeOf(settings, 'jsonl')), lines.join(''), lines.length);
    },
    async finish() {
      return await Promise.all(
        [...files.values()].map(async ({ writer, table, rows }) => ({
          ...(await writer.finish()),
          table,
          rows,
        })),
      );
    },
    async abandon() {
      const patience = AbortSignal.timeout(abandonMilliseconds);
      await Promise.allSettled([...files.values()].map(({ writer }) => writer.abandon(patience)));
    },
  };
}

const contentTypeOf = ({ gzip }: FileSettings, format: FileSettings['format']): string =>
  gzip ? 'application/gzip' : format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
