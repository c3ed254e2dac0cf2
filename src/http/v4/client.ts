import type { FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import { callerOf } from '../auth.ts';
import { parseId } from '../ids.ts';

export interface ByClient {
  Params: { client: string };
}

/** The account in the path, which must be the token's. @throws {Failure} Unauthorized */
export function clientOf(request: FastifyRequest<ByClient>): number {
  const { accountId } = callerOf(request);
  if (parseId(request.params.client) === accountId) return accountId;
  throw new Failure('Unauthorized', 'This token is of another client than the one in the path.', {
    remedy: 'GET /v4/account names the client of a token.',
  });
}
