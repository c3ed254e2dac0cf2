import type { FastifyRequest } from 'fastify';
import type { Code } from '../../errors/codes.ts';
import type { Failure } from '../../errors/failure.ts';
import type { DestinationTypes } from '../app-parts.ts';
import { renderFailureObject } from '../failure-object.ts';
import type { Surface } from '../surface.ts';

/** Failures that v4 shows as a bare JSON string, on every call. Existing clients match on these texts. */
const bareTexts: Partial<Record<Code, string>> = {
  DestinationLimit: 'you are at your destination limit',
  TypeImmutable: 'this API endpoint does not support modifying destination type',
  InvalidId: 'invalid connection id',
};

/** The same for single calls: by code, method and route. */
const bareTextsOfCalls: Readonly<Record<string, string>> = {
  'InvalidBody POST /v4/destinations':
    'POST body may only include a type, a name, a description, map of properties, and boolean for unmapped sources',
  'InvalidBody PUT /v4/destinations/:id':
    'PUT body may only include a name, a description, and map of properties',
  'InvalidQuery GET /v4/destinations': 'GET may only include the params: source_id and/or destination_id',
};

/** The one text that names what was asked for. */
export const cannotLocate = (destinationId: string, accountId: number): string =>
  `Unable to locate dest (${destinationId}) for client (${accountId}) to delete`;

export const createV4Surface = (types: DestinationTypes): Surface => ({
  contentType: 'application/json; charset=utf-8',
  serialize: JSON.stringify,
  renderFailure: (failure, request) => bareText(failure, request) ?? renderFailureObject(failure, types),
  challenge: 'Bearer',
});

function bareText({ code, message }: Failure, request: FastifyRequest): string | undefined {
  const { url } = request.routeOptions;
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (code === 'InvalidId' && method === 'DELETE') return message;
  return bareTextsOfCalls[`${code} ${method} ${url}`] ?? bareTexts[code];
}
