import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CreateHookRequest } from '../../control/hooks.ts';
import { Failure } from '../../errors/failure.ts';
import { isJsonObject, type Json } from '../../lib/json.ts';
import { type HookType, hookTypes } from '../../model/hook.ts';
import { type Answer, sendAnswer } from '../answer.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { hasOnly, readJsonObject } from '../body.ts';
import { runOnce } from '../idempotency.ts';
import { parseId } from '../ids.ts';
import { readLimit } from '../limit.ts';
import { renderDelivery, renderHook, renderHookList } from './render-hook.ts';

interface ByHookId {
  Params: { id: string };
}

/** Webhooks: the calls that read and change them. */
export function hookRoutes(app: FastifyInstance, { store, hooks }: AppParts): void {
  app.get('/hooks', async (request) => renderHookList(await store.hooks.list(callerOf(request).accountId)));

  app.post('/hooks', async (request, reply) => {
    const body = readCreateBody(request);
    const create = async (): Promise<Answer> => {
      const hook = await hooks.create(callerOf(request), body);
      return { status: 200, headers: {}, body: JSON.stringify(renderHook(hook)) };
    };
    return sendAnswer(reply, await runOnce(store.idempotency, request, create));
  });

  app.put<ByHookId>('/hooks/:id', async (request) => {
    const body = readJsonObject(request);
    const { enable } = body;
    if (typeof enable !== 'boolean' || !hasOnly(body, ['enable'])) throw new Failure('InvalidBody');
    const { accountId, id } = hookOf(request);
    return renderHook(found(await store.hooks.setEnabled(accountId, id, enable)));
  });

  app.delete<ByHookId>('/hooks/:id', async (request, reply) => {
    const { accountId, id } = hookOf(request);
    if (!(await store.hooks.delete(accountId, id))) throw noSuchHook();
    return reply.send('null');
  });

  app.get<ByHookId>('/hooks/:id/deliveries', async (request) => {
    const { accountId, id } = hookOf(request);
    return found(await store.hooks.deliveries(accountId, id, readLimit(request))).map(renderDelivery);
  });

  app.post<ByHookId>('/hooks/:id/test', async (request) => {
    const { accountId, id } = hookOf(request);
    return renderDelivery(found(await store.hooks.test(accountId, id)));
  });
}

function readCreateBody(request: FastifyRequest): CreateHookRequest {
  const body = readJsonObject(request);
  const { type, destination_id: destinationId, config } = body;
  if (
    !hasOnly(body, ['type', 'destination_id', 'config']) ||
    !isHookType(type) ||
    typeof destinationId !== 'number' ||
    !Number.isSafeInteger(destinationId) ||
    !isJsonObject(config) ||
    !hasOnly(config, ['url', 'secret'])
  )
    throw new Failure('InvalidBody');
  const { url, secret = null } = config;
  if (typeof url !== 'string' || !(secret === null || typeof secret === 'string'))
    throw new Failure('InvalidBody');
  return { type, destinationId, url, secret };
}

const isHookType = (value: Json | undefined): value is HookType => hookTypes.some((type) => type === value);

function hookOf(request: FastifyRequest<ByHookId>): { accountId: number; id: number } {
  const id = parseId(request.params.id);
  if (id === null) throw noSuchHook();
  return { accountId: callerOf(request).accountId, id };
}

function found<T>(value: T | null): T {
  if (value === null) throw noSuchHook();
  return value;
}

const noSuchHook = (): Failure => new Failure('InvalidId', 'The account has no such hook.');
