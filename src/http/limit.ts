import type { FastifyRequest } from 'fastify';
import { Failure } from '../errors/failure.ts';
import { parseId } from './ids.ts';

const defaultLimit = 20;
const largestLimit = 100;

/** How many entries of a list `?limit=` asks for. @throws {Failure} InvalidQuery */
export function readLimit(request: FastifyRequest): number {
  const { limit } = request.query as Record<string, unknown>;
  if (limit === undefined) return defaultLimit;
  const number = typeof limit === 'string' ? parseId(limit) : null;
  if (number === null || number > largestLimit)
    throw new Failure('InvalidQuery', `limit must be a number from 1 to ${largestLimit}.`);
  return number;
}
