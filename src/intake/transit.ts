import { type ExactJson, type ExactJsonObject, InvalidJson, isExactObject } from '../lib/exact-json.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { Instant } from '../lib/instant.ts';
import { isKeptByDouble, isNumberToken } from '../lib/number-tokens.ts';

/**
 * Reads Transit 0.8 written as JSON, in either mode (https://github.com/cognitect/transit-format): the value that the
 * sender had, in the terms of JSON. Keywords, symbols, UUIDs, URIs and characters are strings, bytes are base64 text,
 * sets and lists are arrays, decimals and integers keep every digit, points in time are {@link Instant}s.
 * @param written the parsed JSON; it is not changed
 * @throws {InvalidJson} for what cannot be said in JSON (NaN, maps with composite keys, unknown tags) or is malformed
 */
export function readTransit(written: ExactJson): ExactJson {
  const cache: string[] = [];
  let next = 0;

  /** The text that stands here, with cache codes looked up, and new entries of the cache kept. */
  function lookUp(text: string, isKey: boolean): string {
    if (text.startsWith('^') && text !== mapMarker) {
      const known = cache[indexOfCode(text)];
      return known ?? malformed(`unknown cache code ${text.slice(0, 3)}`);
    }
    if (text.length > 3 && (isKey || /^~[:$#]/.test(text))) {
      if (next === cacheSize) next = 0;
      cache[next++] = text;
    }
    return text;
  }

  function read(value: ExactJson): ExactJson {
    if (typeof value === 'string') return readScalar(lookUp(value, false));
    if (Array.isArray(value)) return readArray(value);
    return isExactObject(value) ? readObject(value) : value;
  }

  function readArray(items: readonly ExactJson[]): ExactJson {
    const [first] = items;
    if (typeof first !== 'string') return items.map(read);
    if (first === mapMarker) return readMap(items.slice(1), true);
    const head = lookUp(first, false);
    if (head.startsWith('~#') && items.length === 2) return readTagged(head.slice(2), items[1]!);
    return [readScalar(head), ...items.slice(1).map(read)];
  }

  function readObject(object: ExactJsonObject): ExactJson {
    const entries = Object.entries(object);
    if (entries.length === 1 && entries[0]![0].length > 1) {
      const [[key, value]] = entries as [[string, ExactJson]];
      const head = lookUp(key, true);
      if (head.startsWith('~#')) return readTagged(head.slice(2), value);
      return fromEntries([[keyText(readScalar(head)), read(value)]]);
    }
    return readMap(entries.flat(), true);
  }

  /** @param isMap keys of a `cmap` are not cached as those of maps are. */
  function readMap(items: readonly ExactJson[], isMap: boolean): ExactJsonObject {
    if (items.length % 2 !== 0) return malformed('a map has a key without a value');
    const entries: [string, ExactJson][] = [];
    for (let at = 0; at < items.length; at += 2) {
      const key = items[at]!;
      const isText = isMap && typeof key === 'string';
      const name = keyText(isText ? readScalar(lookUp(key, true)) : read(key));
      entries.push([name, read(items[at + 1]!)]);
    }
    return fromEntries(entries);
  }

  function readTagged(tag: string, value: ExactJson): ExactJson {
    switch (tag) {
      case "'":
        return read(value);
      case 'set':
      case 'list':
        return readList(tag, value);
      case 'cmap':
        return Array.isArray(value) ? readMap(value, false) : malformed('cmap holds no array');
      case 'link':
        return read(value);
      default: {
        const inner = read(value);
        const text = inner instanceof ExactNumber ? inner.text : inner;
        if (tag.length !== 1 || (typeof text !== 'string' && typeof text !== 'number'))
          return malformed(`the tag ${tag.slice(0, 30)} is not supported`);
        return readByTag(tag, String(text));
      }
    }
  }

  function readList(tag: string, value: ExactJson): ExactJson {
    const list = read(value);
    return Array.isArray(list) ? list : malformed(`${tag} holds no array`);
  }

  return read(written);
}

/** First element of an array that is a map. */
const mapMarker = '^ ';
const [codeBase, codeDigits] = [48, 44];
/** Then the cache starts anew. */
const cacheSize = codeDigits ** 2;

function indexOfCode(code: string): number {
  const digit = (at: number) => code.charCodeAt(at) - codeBase;
  return code.length === 2 ? digit(1) : code.length === 3 ? digit(1) * codeDigits + digit(2) : -1;
}

function readScalar(text: string): ExactJson {
  if (!text.startsWith('~')) return text;
  const tag = text[1] ?? '';
  const rest = text.slice(2);
  // Texts that begin with a special character are written with `~` before it.
  return tag === '~' || tag === '^' || tag === '`' ? text.slice(1) : readByTag(tag, rest);
}

function readByTag(tag: string, text: string): ExactJson {
  switch (tag) {
    case ':':
    case '$':
    case 'u':
    case 'r':
    case 'c':
    case 'b':
    case 's':
      return text;
    case '_':
      return null;
    case '?':
      return text === 't' ? true : text === 'f' ? false : malformed('a boolean is t or f');
    case 'i':
    case 'n':
      return /^-?(0|[1-9]\d*)$/.test(text) ? exactly(text) : malformed('an integer has digits only');
    case 'd':
      return isNumberToken(text) ? asDecimal(text) : malformed('a number must be written as in JSON');
    case 'f':
      return isNumberToken(text) ? asDecimal(text) : malformed('a decimal must be written as in JSON');
    case 'm':
      return instantOf(text);
    case 't':
      return new Instant(text);
    case 'z':
      return malformed(`${text.slice(0, 4)} is no JSON number`);
    default:
      return malformed(`the tag ${tag} is not supported`);
  }
}

const exactly = (token: string): ExactJson =>
  isKeptByDouble(token) ? Number(token) : new ExactNumber(token);

/** What is a decimal to the sender must not become an integer here: `~f10` is 10.0. */
const asDecimal = (token: string): ExactJson => exactly(/^-?\d+$/.test(token) ? `${token}.0` : token);

/** A time that cannot be written out is left as it came: the destination rejects that record. */
function instantOf(milliseconds: string): Instant {
  const time = new Date(/^-?\d+$/.test(milliseconds) ? Number(milliseconds) : Number.NaN);
  return new Instant(Number.isNaN(time.getTime()) ? milliseconds : time.toISOString());
}

function keyText(key: ExactJson): string {
  if (key instanceof Instant || key instanceof ExactNumber) return key.text;
  if (typeof key === 'object' && key !== null) return malformed('a map has a composite key');
  return String(key);
}

/** The last of equal keys counts; `__proto__` is a key like others. */
const fromEntries = (entries: readonly (readonly [string, ExactJson])[]): ExactJsonObject =>
  Object.fromEntries(entries);

function malformed(message: string): never {
  throw new InvalidJson(`not Transit: ${message}`);
}
