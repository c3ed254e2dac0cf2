import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A file of the console as it is sent. */
export interface ConsoleFile {
  readonly contentType: string;
  readonly etag: string;
  /** Named by its hash: it never changes. */
  readonly immutable: boolean;
  readonly plain: Buffer;
  /** Compressed when the console was built; only encodings that are worth it. */
  readonly encoded: ReadonlyMap<Encoding, Buffer>;
}

export type Encoding = 'br' | 'gzip';

const extensions: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The files of a built console by their path below its folder (`assets/index-….js`), all in memory: they are few, and
 * what is not among them cannot be asked for. Empty where nothing was built.
 */
export function readConsoleFiles(folder: string): ReadonlyMap<string, ConsoleFile> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    name.split(path.sep).join('/'),
  );
  return new Map(
    names
      .filter((name) => path.extname(name) in contentTypes)
      .map((name) => [name, readConsoleFile(folder, name)]),
  );
}

function readConsoleFile(folder: string, name: string): ConsoleFile {
  const file = path.join(folder, name);
  const plain = readFileSync(file);
  const encoded = new Map<Encoding, Buffer>();
  for (const [encoding, extension] of Object.entries(extensions) as [Encoding, string][]) {
    if (existsSync(file + extension)) encoded.set(encoding, readFileSync(file + extension));
  }
  return {
    contentType: contentTypes[path.extname(name)] ?? 'application/octet-stream',
    etag: `"${hash('sha256', plain, 'hex').slice(0, 24)}"`,
    immutable: name.startsWith('assets/'),
    plain,
    encoded,
  };
}
