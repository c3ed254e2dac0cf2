import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CreateRequest, UpdateRequest } from '../../control/control.ts';
import { checkNames } from '../../control/destination-name.ts';
import { Bug } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { type Answer, sendAnswer, writtenAnswer } from '../answer.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { hasOnly, readJsonObject } from '../body.ts';
import { createDestinationReader } from '../destination-reader.ts';
import { parseIfMatch } from '../etag.ts';
import { notFound } from '../failures.ts';
import { runOnce } from '../idempotency.ts';
import { parseId } from '../ids.ts';
import { cacheRendered } from '../rendered-cache.ts';
import { preferencesOf, writeOptions } from '../write-options.ts';
import { cannotLocate } from './errors.ts';
import { renderDestination, renderNewDestination } from './render-destination.ts';

interface ById {
  Params: { id: string };
}

/** Destinations of v4: the calls that read and change them. */
export function destinationRoutes(app: FastifyInstance, parts: AppParts): void {
  const { store, destinations, types } = parts;
  const formOf = (type: string) => {
    const found = types.find(type);
    if (found === undefined) throw new Bug(`a stored destination has the unknown type ${type}`);
    return found.form;
  };
  const render = cacheRendered((destination) => renderDestination(destination, formOf(destination.type)));

  /** Where the tables of a source go; null where it has no destination, or there is no such source. */
  async function destinationOf(accountId: number, sourceId: number): Promise<number | null> {
    const source = await store.sources.get(accountId, sourceId);
    return source === null || source.deletedAt !== null ? null : source.destinationId;
  }

  app.get('/destinations', async (request) => {
    const { sourceId, destinationId } = readFilter(request.query as Record<string, unknown>);
    const { accountId } = callerOf(request);
    if (sourceId === null && destinationId === null)
      return `[${(await store.destinations.list(accountId)).map(render).join(',')}]`;
    const mapped = sourceId === null ? destinationId : await destinationOf(accountId, sourceId);
    if (mapped === null || (destinationId !== null && mapped !== destinationId)) return '[]';
    const found = await store.destinations.get(accountId, mapped);
    return found === null ? '[]' : `[${render(found)}]`;
  });

  app.get<ById>('/destinations/:id', createDestinationReader(store, render));

  app.post('/destinations', async (request, reply) => {
    const body = readCreateBody(request);
    const preferences = preferencesOf(request);
    const create = async (): Promise<Answer> => {
      const written = await destinations.create(callerOf(request), body, writeOptions(preferences, reply));
      const text = renderNewDestination(written.destination, formOf(body.type));
      return writtenAnswer(written, text, preferences);
    };
    return sendAnswer(reply, await runOnce(store.idempotency, request, create));
  });

  app.put<ById>('/destinations/:id', async (request, reply) => {
    const body = readUpdateBody(request);
    const id = parseId(request.params.id);
    if (id === null) throw new Failure('InvalidId');
    const preferences = preferencesOf(request);
    const written = await destinations.update(callerOf(request), id, body, {
      ...writeOptions(preferences, reply),
      ifMatch: parseIfMatch(request.headers['if-match']),
    });
    return sendAnswer(reply, writtenAnswer(written, render(written.destination), preferences));
  });

  app.delete<ById>('/destinations/:id', async (request, reply) => {
    if (!/^\d+$/.test(request.params.id)) throw notFound();
    const caller = callerOf(request);
    const id = parseId(request.params.id);
    const ifMatch = parseIfMatch(request.headers['if-match']);
    if (id === null || !(await destinations.delete(caller, id, { ifMatch })))
      throw new Failure('InvalidId', cannotLocate(request.params.id, caller.accountId));
    return reply.send('{}');
  });
}

/** @throws {Failure} InvalidQuery for another parameter, one given twice, or a value that is no id. */
function readFilter(query: Record<string, unknown>): {
  sourceId: number | null;
  destinationId: number | null;
} {
  const ids: Record<string, number> = {};
  for (const [name, value] of Object.entries(query)) {
    const id = typeof value === 'string' ? parseId(value) : null;
    if ((name !== 'source_id' && name !== 'destination_id') || id === null) throw new Failure('InvalidQuery');
    ids[name] = id;
  }
  return { sourceId: ids.source_id ?? null, destinationId: ids.destination_id ?? null };
}

function readCreateBody(request: FastifyRequest): CreateRequest {
  const body = readJsonObject(request);
  const { type, properties, ignore_unmapped_sources: ignore } = body;
  if (
    !hasOnly(body, ['type', 'name', 'description', 'properties', 'ignore_unmapped_sources']) ||
    typeof type !== 'string' ||
    !isJsonObject(properties) ||
    !(ignore === undefined || typeof ignore === 'boolean')
  )
    throw new Failure('InvalidBody');
  return { type, properties, ignoreUnmappedSources: ignore === true, ...readNames(body) };
}

function readUpdateBody(request: FastifyRequest): UpdateRequest {
  const body = readJsonObject(request);
  const { type, properties } = body;
  if (
    !hasOnly(body, ['type', 'name', 'description', 'properties']) ||
    !(type === undefined || typeof type === 'string') ||
    !(properties === undefined || isJsonObject(properties))
  )
    throw new Failure('InvalidBody');
  return {
    complete: false,
    ...readNames(body),
    ...(type === undefined ? {} : { type }),
    ...(properties === undefined ? {} : { properties }),
  };
}

/** `name` and `description` where they are given; a description may be cleared with null. */
function readNames({ name, description }: JsonObject): { name?: string; description?: string | null } {
  if (!(name === undefined || typeof name === 'string')) throw new Failure('InvalidBody');
  if (!(description === undefined || description === null || typeof description === 'string'))
    throw new Failure('InvalidBody');
  const names = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
  checkNames(names);
  return names;
}
