import type { Page } from '@backstitch/client';
import type { FastifyRequest } from 'fastify';
import { readNumber } from './query.ts';

const pageSize = 100;

/**
 * The page that `?page=N` asks for; the first without it. A page beyond the last one is empty.
 * @throws {Failure} InvalidQuery
 */
export async function readPage<T>(
  request: FastifyRequest,
  read: (part: { readonly offset: number; readonly limit: number }) => Promise<{
    readonly data: readonly T[];
    readonly total: number;
  }>,
): Promise<Page<T>> {
  const { page = 1 } = readNumber(request, 'page');
  const start = (page - 1) * pageSize;
  const { data, total } = await read({ offset: start, limit: pageSize });
  return {
    data,
    page,
    total,
    links: {
      ...(start + pageSize < total ? { next: linkTo(request, page + 1) } : {}),
      ...(page > 1 ? { previous: linkTo(request, page - 1) } : {}),
    },
  };
}

/** A page of a list that is at hand. @throws {Failure} InvalidQuery */
export const paginate = async <T>(all: readonly T[], request: FastifyRequest): Promise<Page<T>> =>
  await readPage(request, async ({ offset, limit }) => ({
    data: all.slice(offset, offset + limit),
    total: all.length,
  }));

/** What else the query asks for stays. */
function linkTo({ url }: FastifyRequest, page: number): string {
  const [path = '', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('page', String(page));
  return `${path}?${parameters}`;
}
