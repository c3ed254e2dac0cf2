import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Failure } from '../errors/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { unsupportedMediaType } from './failures.ts';

/** Deeper than any form; more is a bad body, before anything recurses into it. */
const maxDepth = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Keeps every body as bytes. Each call reads it itself, so that a body which is no JSON gets the words of that call,
 * and calls that take no body do not mind what stands in it.
 */
export function keepRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** The bytes of the request's body; empty when it has none. */
export const rawBody = (request: FastifyRequest): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);

/**
 * The object in the request's body. A key given twice has its last value.
 * @throws {Failure} InvalidBody; UnsupportedMediaType when it is not said to be JSON (saying nothing is fine).
 */
export function readJsonObject(request: FastifyRequest): JsonObject {
  const { 'content-type': type, 'content-encoding': encoding } = request.headers;
  const body = rawBody(request);
  if (body.length > 0 && type !== undefined && !/^application\/json[ \t]*(;|$)/i.test(type.trim()))
    throw unsupportedMediaType();
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw unsupportedMediaType();
  const value = parseJson(body);
  if (!isJsonObject(value)) throw new Failure('InvalidBody', 'The body must be a JSON object.');
  return value;
}

/** @throws {Failure} InvalidBody. Says nothing of what stands in the body: it may hold secrets. */
function parseJson(body: Uint8Array): Json {
  try {
    const text = utf8.decode(body);
    if (isTooDeep(text))
      throw new Failure('InvalidBody', `The body is nested deeper than ${maxDepth} levels.`);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('InvalidBody', 'The body is not JSON in UTF-8.');
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (quoted) {
      if (character === backslash) at++;
      else if (character === quote) quoted = false;
    } else if (character === quote) quoted = true;
    else if (character === openBracket || character === openBrace) {
      if (++depth > maxDepth) return true;
    } else if (character === closeBracket || character === closeBrace) depth--;
  }
  return false;
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/** True when the object has no keys but these. */
export const hasOnly = (value: JsonObject, keys: readonly string[]): boolean =>
  Object.keys(value).every((key) => keys.includes(key));
