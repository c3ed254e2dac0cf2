import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CreateSourceRequest, UpdateSourceRequest } from '../../control/control.ts';
import { noSuchSource } from '../../control/sources.ts';
import { Failure } from '../../errors/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Source } from '../../model/source.ts';
import { parseTimestamp } from '../../model/timestamp.ts';
import { type Answer, sendAnswer } from '../answer.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { hasOnly, readJsonObject } from '../body.ts';
import { runOnce } from '../idempotency.ts';
import { parseId } from '../ids.ts';
import { renderCheck } from './render-check.ts';
import { renderSource } from './render-source.ts';

export interface BySourceId {
  Params: { id: string };
}

/** Sources: the calls that read and change them. */
export function sourceRoutes(app: FastifyInstance, { store, sources }: AppParts): void {
  app.get('/sources', async (request) =>
    (await store.sources.list(callerOf(request).accountId)).map(renderSource),
  );

  app.get<BySourceId>('/sources/:id', async (request) => renderSource(await findSource(store, request)));

  app.post('/sources', async (request, reply) => {
    const body = readCreateBody(request);
    const create = async (): Promise<Answer> => {
      const source = await sources.create(callerOf(request), body);
      return { status: 200, headers: {}, body: JSON.stringify(renderSource(source)) };
    };
    return sendAnswer(reply, await runOnce(store.idempotency, request, create));
  });

  app.put<BySourceId>('/sources/:id', async (request) => {
    const body = readUpdateBody(request);
    return renderSource(await sources.update(callerOf(request), sourceId(request), body));
  });

  app.delete<BySourceId>('/sources/:id', async (request, reply) => {
    const deleted = await sources.delete(callerOf(request), sourceId(request));
    reply.header('backstitch-discarded-batches', String(deleted.discardedBatches));
    return renderSource(deleted.source);
  });

  app.get<BySourceId>('/sources/:id/last-connection-check', async (request) => {
    const { accountId, destinationId } = await findSource(store, request);
    const destination = destinationId && (await store.destinations.get(accountId, destinationId));
    const last = destination ? destination.lastCheck : null;
    const check = last && (await store.checks.get(accountId, last.name));
    if (!check)
      throw new Failure('NotFound', 'The source has no destination whose current settings were checked.', {
        remedy: 'An Import API source connects to nothing itself: the check of its destination stands here.',
      });
    return renderCheck(check);
  });
}

/** The id in the path of a call. @throws {Failure} InvalidId */
export function sourceId({ params }: FastifyRequest<BySourceId>): number {
  const id = parseId(params.id);
  if (id === null) throw noSuchSource(params.id);
  return id;
}

/** The source that a path names; one that was deleted too. @throws {Failure} InvalidId */
export async function findSource(
  store: Pick<AppParts['store'], 'sources'>,
  request: FastifyRequest<BySourceId>,
): Promise<Source> {
  const id = sourceId(request);
  const source = await store.sources.get(callerOf(request).accountId, id);
  if (source === null) throw noSuchSource(id);
  return source;
}

function readCreateBody(request: FastifyRequest): CreateSourceRequest {
  const body = readJsonObject(request);
  const { type, display_name: displayName, destination_id: destinationId } = body;
  if (
    !hasOnly(body, ['type', 'display_name', 'properties', 'destination_id']) ||
    typeof type !== 'string' ||
    type === '' ||
    typeof displayName !== 'string' ||
    displayName.trim() === ''
  )
    throw new Failure('InvalidBody', 'The body must be a map with type and display_name.');
  return {
    type,
    displayName,
    ...readProperties(body),
    // Null asks for what leaving it out asks for.
    ...(destinationId == null ? {} : { destinationId: readId(destinationId) }),
  };
}

function readUpdateBody(request: FastifyRequest): UpdateSourceRequest {
  const body = readJsonObject(request);
  const { display_name: displayName, paused_at: pausedAt, destination_id: destinationId } = body;
  if (!hasOnly(body, ['display_name', 'properties', 'paused_at', 'destination_id']))
    throw new Failure(
      'InvalidBody',
      'The body may have display_name, properties, paused_at and destination_id.',
    );
  if (!(displayName === undefined || typeof displayName === 'string'))
    throw new Failure('InvalidBody', 'display_name must be a string.');
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...readProperties(body),
    ...(pausedAt === undefined ? {} : { pausedAt: readTime(pausedAt) }),
    ...(destinationId === undefined
      ? {}
      : { destinationId: destinationId === null ? null : readId(destinationId) }),
  };
}

function readProperties({ properties }: JsonObject): { properties?: JsonObject } {
  if (properties === undefined) return {};
  if (!isJsonObject(properties)) throw new Failure('InvalidBody', 'properties must be a map.');
  return { properties };
}

function readTime(value: Json): number | null {
  if (value === null) return null;
  const time = typeof value === 'string' ? parseTimestamp(value) : null;
  if (time === null)
    throw new Failure('InvalidBody', 'paused_at must be null or a time like 2018-02-06T15:36:36Z.');
  return time;
}

function readId(value: Json): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new Failure('InvalidBody', 'destination_id must be the id of a destination.');
}
