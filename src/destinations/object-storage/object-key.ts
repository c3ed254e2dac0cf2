import { createHash } from 'node:crypto';

/** Where our own objects stand; no key of a file begins so. */
export const bookkeepingPrefix = '_backstitch/';

/** Elements without which two loads would write the same file. */
export const requiredElements = [
  '[integration_name]',
  '[table_name]',
  '[table_version]',
  '[timestamp_loaded]',
] as const;
export const optionalElements = ['[year_loaded]', '[month_loaded]', '[day_loaded]', '[hour_loaded]'] as const;

/** What decides the key of a file. */
export interface KeyFacts {
  /** The source's name. */
  readonly integration: string;
  /** `table_name` as sent. */
  readonly table: string;
  /** For the rows of an array: the fields that lead to it, one element a level. */
  readonly path?: readonly string[];
  /** Digits. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

/** Longest key of an object, in bytes. */
const mostBytes = 1024;
/** Longest element, in bytes; all of them together are cut further where the whole is too long. */
const elementBytes = 180;
const shortBytes = 30;

/**
 * The key of a file. Names come from outside: each becomes one element of a path, or several where it is a subtable's,
 * that cannot lead out of it; two names that differ never become the same. A key is never longer than stores allow.
 */
export function renderKey(format: string, facts: KeyFacts): string {
  const key = fill(format, facts, elementBytes);
  return Buffer.byteLength(key) <= mostBytes ? key : fill(format, facts, shortBytes);
}

/** The key of a file of rejected records: in its own folder, and always in JSON lines. */
export function renderRejectedKey(format: string, facts: KeyFacts): string {
  const gzip = format.endsWith('.gz') ? '.gz' : '';
  const base = format.replace(/\.gz$/, '').replace(/\.(csv|jsonl|json)$/, '');
  const rejected = base.replaceAll('[table_name]', `${rejectedFolder}/[table_name]`);
  return renderKey(`${rejected}.jsonl${gzip}`, facts);
}

/** True when no names, however long, make a key of this format too long. */
export const isShortEnough = (format: string): boolean => {
  const longest = 'x'.repeat(300);
  const facts = {
    integration: longest,
    table: longest,
    path: [longest],
    version: '-9223372036854775808',
    timestamp: 9_999_999_999_999,
  };
  return Buffer.byteLength(renderRejectedKey(format, facts)) <= mostBytes;
};

const rejectedFolder = '_sdc_rejected';

function fill(format: string, facts: KeyFacts, most: number): string {
  const { integration, table, path = [], version, timestamp } = facts;
  const at = new Date(timestamp).toISOString();
  const values: Readonly<Record<string, string>> = {
    '[integration_name]': keyElement(integration, most),
    '[table_name]': tableElement([table, ...path], most),
    '[table_version]': version,
    '[timestamp_loaded]': String(timestamp),
    '[year_loaded]': at.slice(0, 4),
    '[month_loaded]': at.slice(5, 7),
    '[day_loaded]': at.slice(8, 10),
    '[hour_loaded]': at.slice(11, 13),
  };
  const key = format.replace(/\[[a-z_]+\]/g, (element) => values[element] ?? '_');
  // Names alone can spell it, where a format begins with one.
  return key.startsWith(bookkeepingPrefix) ? `_${key}` : key;
}

function tableElement(path: readonly string[], most: number): string {
  const whole = path.map((name) => keyElement(name, most)).join('/');
  if (path.length === 1 || Buffer.byteLength(whole) <= most * 2) return whole;
  return `${keyElement(path[0]!, most)}/${shortHash(path)}`;
}

/** One element of a path, for a name that may be anything: told by a hash whenever it is not the name itself. */
export function keyElement(name: string, most: number = elementBytes): string {
  const cleaned = name
    .toWellFormed()
    .replace(/[^\p{L}\p{M}\p{N}_.-]/gu, '_')
    .replace(/\.{2,}|^\.|\.$/g, '_');
  const fits = Buffer.byteLength(cleaned) <= most && cleaned !== '';
  // A name that looks like one with a hash gets one too, so that none can be mistaken for another.
  if (cleaned === name && fits && !looksHashed.test(name)) return cleaned;
  return `${cut(cleaned, most - 13)}-${shortHash(name)}`;
}

const looksHashed = /-[0-9a-f]{12}$/;

/** Of JSON, which tells halves of surrogate pairs apart. */
const shortHash = (name: string | readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(name)).digest('hex').slice(0, 12);

function cut(text: string, bytes: number): string {
  let kept = '';
  let length = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    kept += character;
  }
  return kept;
}
