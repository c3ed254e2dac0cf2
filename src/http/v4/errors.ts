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

/** Texts of calls whose errors are objects: what `data.message` says, whatever is wrong with the body. */
const objectTextsOfCalls: Readonly<Record<string, string>> = {
  'InvalidBody POST /v4/sources':
    'POST body may only include a non-empty type, a non-empty display_name and map of string properties',
  // The vendor's typo.
  'InvalidBody PUT /v4/sources/:id':
    'PUT body many only include the keys: display_name, properties, and paused_at',
};

/** The one text that names what was asked for. */
export const cannotLocate = (destinationId: string, accountId: number): string =>
  `Unable to locate dest (${destinationId}) for client (${accountId}) to delete`;

export const createV4Surface = (types: DestinationTypes): Surface => ({
  contentType: 'application/json; charset=utf-8',
  serialize: JSON.stringify,
  renderFailure(failure, request) {
    const call = callOf(failure, request);
    return bareText(failure, request, call) ?? renderFailureObject(failure, types, objectTextsOfCalls[call]);
  },
  challenge: 'Bearer',
});

const callOf = ({ code }: Failure, { method, routeOptions }: FastifyRequest): string =>
  `${code} ${method === 'HEAD' ? 'GET' : method} ${routeOptions.url}`;

function bareText({ code, message }: Failure, request: FastifyRequest, call: string): string | undefined {
  if (!request.routeOptions.url?.startsWith('/v4/destinations')) return undefined;
  if (code === 'InvalidId' && request.method === 'DELETE') return message;
  return bareTextsOfCalls[call] ?? bareTexts[code];
}
