import type { FastifyRequest } from 'fastify';
import { Failure } from '../errors/failure.ts';
import { parseId } from './ids.ts';

/** A page of a long list, as the contract describes it. */
export interface Page<T> {
  readonly data: readonly T[];
  /** 1-based. */
  readonly page: number;
  /** Of all pages together. */
  readonly total: number;
  /** Paths; empty when there is one page only. */
  readonly links: { readonly next?: string; readonly previous?: string };
}

const pageSize = 100;

/**
 * The page that `?page=N` asks for; the first without it. A page beyond the last one is empty.
 * @throws {Failure} InvalidQuery
 */
export function paginate<T>(all: readonly T[], request: FastifyRequest): Page<T> {
  const { page: given } = request.query as Record<string, unknown>;
  const page = given === undefined ? 1 : typeof given === 'string' ? parseId(given) : null;
  if (page === null) throw new Failure('InvalidQuery', 'page must be a number from 1.');
  const [path] = request.url.split('?');
  const start = (page - 1) * pageSize;
  return {
    data: all.slice(start, start + pageSize),
    page,
    total: all.length,
    links: {
      ...(start + pageSize < all.length ? { next: `${path}?page=${page + 1}` } : {}),
      ...(page > 1 ? { previous: `${path}?page=${page - 1}` } : {}),
    },
  };
}
