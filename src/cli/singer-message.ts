import { Failure } from '../errors/failure.ts';
import {
  type ExactJson,
  type ExactJsonObject,
  InvalidJson,
  isExactObject,
  parseExactJson,
} from '../lib/exact-json.ts';
import { printable } from './printable.ts';
import type { Line } from './read-lines.ts';

/** What a Singer tap writes, a message on each line. */
export type SingerMessage =
  | {
      readonly type: 'SCHEMA';
      readonly stream: string;
      readonly schema: ExactJsonObject;
      readonly keyNames: readonly string[];
      readonly bookmarkNames: readonly string[];
    }
  | {
      readonly type: 'RECORD';
      readonly stream: string;
      readonly record: ExactJsonObject;
      readonly version: ExactJson | undefined;
      readonly extractedAt: string | null;
    }
  | { readonly type: 'ACTIVATE_VERSION'; readonly stream: string; readonly version: ExactJson }
  | { readonly type: 'STATE'; readonly value: ExactJson };

/** @throws {Failure} InvalidBody, with the number of the line. Nothing that a tap writes is passed over in silence. */
export function parseSingerMessage({ bytes, number }: Line): SingerMessage {
  const message = parseObject(bytes, number);
  const wrong = (what: string) => noMessage(number, what);

  function required<Value extends ExactJson>(
    key: string,
    kind: string,
    is: (value: ExactJson) => value is Value,
  ): Value {
    const value = Object.hasOwn(message, key) ? message[key]! : null;
    if (is(value)) return value;
    throw wrong(`${key} must be ${kind}`);
  }
  function names(key: string): readonly string[] {
    const value = message[key] ?? [];
    const list = typeof value === 'string' ? [value] : value;
    if (Array.isArray(list) && list.every(isString)) return list;
    throw wrong(`${key} must be a list of names`);
  }

  const stream = () => required('stream', 'a name', isString);
  switch (message.type) {
    case 'SCHEMA':
      return {
        type: 'SCHEMA',
        stream: stream(),
        schema: required('schema', 'an object', isExactObject),
        keyNames: names('key_properties'),
        bookmarkNames: names('bookmark_properties'),
      };
    case 'RECORD':
      return {
        type: 'RECORD',
        stream: stream(),
        record: required('record', 'an object', isExactObject),
        version: message.version ?? undefined,
        extractedAt: isString(message.time_extracted) ? message.time_extracted : null,
      };
    case 'ACTIVATE_VERSION':
      return {
        type: 'ACTIVATE_VERSION',
        stream: stream(),
        version: required('version', 'a number', isThere),
      };
    case 'STATE':
      if (!Object.hasOwn(message, 'value')) throw wrong('it has no value');
      return { type: 'STATE', value: message.value! };
    default:
      throw wrong(
        isString(message.type) ? `there is no support for the type ${message.type}` : 'it has no type',
      );
  }
}

/** A record or message on a line of its own. @throws {Failure} InvalidBody */
export function parseObject(bytes: Uint8Array, number: number): ExactJsonObject {
  try {
    const { value } = parseExactJson(bytes);
    if (isExactObject(value)) return value;
  } catch (error) {
    if (!(error instanceof InvalidJson)) throw error;
    // The parser counts the lines of what it was given, which is this one.
    const message = error.message.replace('at line 1, column', 'at column');
    throw new Failure('InvalidBody', `line ${number} is not JSON: ${printable(message)}`);
  }
  throw new Failure('InvalidBody', `line ${number} is no JSON object`);
}

const noMessage = (number: number, what: string): Failure =>
  new Failure('InvalidBody', `line ${number} is no Singer message that can be loaded: ${printable(what)}`);

const isString = (value: ExactJson | undefined): value is string => typeof value === 'string';
const isThere = (value: ExactJson): value is Exclude<ExactJson, null> => value !== null;
