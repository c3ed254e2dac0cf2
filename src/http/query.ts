import type { FastifyRequest } from 'fastify';
import { Failure } from '../errors/failure.ts';

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
