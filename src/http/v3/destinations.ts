import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Bug } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { type Answer, sendAnswer, writtenAnswer } from '../answer.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { hasOnly, readJsonObject } from '../body.ts';
import { createDestinationReader } from '../destination-reader.ts';
import { parseIfMatch } from '../etag.ts';
import { runOnce } from '../idempotency.ts';
import { parseId } from '../ids.ts';
import { cacheRendered } from '../rendered-cache.ts';
import { preferencesOf, writeOptions } from '../write-options.ts';
import { renderDestination } from './render-destination.ts';

interface ById {
  Params: { id: string };
}

/** The four calls on destinations of v3. There is no DELETE: the original has it in v4 only. */
export function destinationRoutes(app: FastifyInstance, parts: AppParts): void {
  const { store, destinations, types } = parts;
  const render = cacheRendered((destination) => {
    const type = types.find(destination.type);
    if (type === undefined)
      throw new Bug(`destination ${destination.id} has a type this build does not know`);
    return renderDestination(destination, type.form);
  });

  app.get('/destinations', async (request) => {
    const all = await store.destinations.list(callerOf(request).accountId);
    return `[${all.map(render).join(',')}]`;
  });

  app.get<ById>('/destinations/:id', createDestinationReader(store, render));

  app.post('/destinations', async (request, reply) => {
    const { type, connection } = readBody(request);
    const preferences = preferencesOf(request);
    const create = async (): Promise<Answer> => {
      const written = await destinations.create(
        callerOf(request),
        { type, properties: connection },
        writeOptions(preferences, reply),
      );
      return writtenAnswer(written, render(written.destination), preferences);
    };
    return sendAnswer(reply, await runOnce(store.idempotency, request, create));
  });

  app.put<ById>('/destinations/:id', async (request, reply) => {
    const { type, connection } = readBody(request);
    const id = parseId(request.params.id);
    if (id === null) throw new Failure('InvalidId');
    const preferences = preferencesOf(request);
    const written = await destinations.update(
      callerOf(request),
      id,
      { type, properties: connection, complete: true },
      { ...writeOptions(preferences, reply), ifMatch: parseIfMatch(request.headers['if-match']) },
    );
    return sendAnswer(reply, writtenAnswer(written, render(written.destination), preferences));
  });
}

/** `type` and `connection`, both of them and nothing else. */
function readBody(request: FastifyRequest): { type: string; connection: JsonObject } {
  const body = readJsonObject(request);
  const { type, connection } = body;
  if (!hasOnly(body, ['type', 'connection']) || typeof type !== 'string' || !isJsonObject(connection))
    throw new Failure('InvalidBody');
  return { type, connection };
}
