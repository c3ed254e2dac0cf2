import type { FastifyRequest } from 'fastify';
import { Failure } from '../errors/failure.ts';
import { parseTimestamp } from '../model/timestamp.ts';
import { parseId } from './ids.ts';

/** A text of the query, if it is there. @throws {Failure} InvalidQuery when it is given twice. */
export function readText<Name extends string>(
  request: FastifyRequest,
  name: Name,
): { readonly [key in Name]?: string } {
  const value = (request.query as Record<string, unknown>)[name];
  if (value === undefined) return {};
  if (typeof value === 'string') return { [name]: value } as { readonly [key in Name]?: string };
  throw new Failure('InvalidQuery', `${name} must be given once.`);
}

/** A time of the query in milliseconds since 1970, if it is there. @throws {Failure} InvalidQuery */
export function readSince(request: FastifyRequest): { since?: number } {
  const { since } = readText(request, 'since');
  if (since === undefined) return {};
  const time = parseTimestamp(since);
  if (time !== null) return { since: time };
  throw new Failure('InvalidQuery', 'since must be a time like 2018-02-06T15:36:36Z.');
}

/** A positive number of the query, if it is there. @throws {Failure} InvalidQuery */
export function readNumber<Name extends string>(
  request: FastifyRequest,
  name: Name,
): { readonly [key in Name]?: number } {
  const text = readText(request, name)[name];
  if (text === undefined) return {};
  const number = parseId(text);
  if (number !== null) return { [name]: number } as { readonly [key in Name]?: number };
  throw new Failure('InvalidQuery', `${name} must be a number from 1.`);
}
