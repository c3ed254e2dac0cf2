import type * as wire from '@backstitch/client';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Written } from '../../control/control.ts';
import { Failure } from '../../errors/failure.ts';
import type { Check } from '../../model/check.ts';
import type { Change, Destination } from '../../model/destination.ts';
import { parseJobName } from '../../model/job-name.ts';
import { renderTimestamp } from '../../model/timestamp.ts';
import { type Answer, sendAnswer, startedHeaders } from '../answer.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { runOnce } from '../idempotency.ts';
import { parseId } from '../ids.ts';
import { readLimit } from '../limit.ts';
import { preferencesOf, waitMilliseconds } from '../write-options.ts';
import { renderCheck, renderCheckWithSteps } from './render-check.ts';

interface ById {
  Params: { id: string };
}
interface ByName {
  Params: { id: string; name: string };
}

/** Connection checks of a destination, and the history of its changes. */
export function connectionCheckRoutes(app: FastifyInstance, parts: AppParts): void {
  const { store, destinations, checks } = parts;

  /** @throws {Failure} InvalidId */
  const find = async (request: FastifyRequest<ById>): Promise<Destination> => {
    const id = parseId(request.params.id);
    const found = id === null ? null : await store.destinations.get(callerOf(request).accountId, id);
    if (found === null) throw new Failure('InvalidId');
    return found;
  };

  /** The check that a call started or joined, in the state it has reached. */
  const startedCheck = async (request: FastifyRequest, { checkName }: Written): Promise<Check> => {
    const check = await store.checks.get(callerOf(request).accountId, checkName);
    if (check === null) throw new Failure('InvalidId');
    return check;
  };

  app.get<ById>('/destinations/:id/last-connection-check', async (request) => {
    const { accountId, lastCheck } = await find(request);
    const check = lastCheck && (await store.checks.get(accountId, lastCheck.name));
    if (!check)
      throw new Failure('NotFound', 'No check of the current settings has been completed yet.', {
        remedy: 'POST …/check with "Prefer: wait=30" starts one and waits for it.',
      });
    return renderCheck(check);
  });

  app.get<ById>('/destinations/:id/checks', async (request) => {
    const { accountId, id } = await find(request);
    const found = await store.checks.list(accountId, id, readLimit(request));
    return found.map(renderCheckWithSteps);
  });

  app.get<ByName>('/destinations/:id/checks/:name', async (request, reply) => {
    const { accountId, id } = await find(request);
    const preferences = preferencesOf(request);
    const { name } = request.params;
    const check =
      parseJobName(name)?.destinationId === id
        ? await checks.wait(accountId, name, waitMilliseconds(preferences))
        : null;
    if (check === null)
      throw new Failure('NotFound', 'This destination has no check of that name.', {
        remedy: 'GET …/checks lists them.',
      });
    if (preferences.waitSeconds !== null)
      reply.header('preference-applied', `wait=${preferences.waitSeconds}`);
    return renderCheckWithSteps(check);
  });

  app.post<ById>('/destinations/:id/check', async (request, reply) => {
    const id = parseId(request.params.id);
    if (id === null) throw new Failure('InvalidId');
    const preferences = { ...preferencesOf(request), strict: false };
    const run = async (): Promise<Answer> => {
      const options = { waitMilliseconds: waitMilliseconds(preferences) };
      const written = await destinations.check(callerOf(request), id, options);
      const body = JSON.stringify(renderCheckWithSteps(await startedCheck(request, written)));
      return { status: 200, headers: startedHeaders(written, preferences), body };
    };
    return sendAnswer(reply, await runOnce(store.idempotency, request, run));
  });

  app.post<ById>('/destinations/:id/ssh-host-key', async (request, reply) => {
    const id = parseId(request.params.id);
    if (id === null) throw new Failure('InvalidId');
    const preferences = preferencesOf(request);
    const run = async (): Promise<Answer> => {
      const caller = callerOf(request);
      const written = await destinations.acceptHostKey(caller, id);
      await checks.wait(caller.accountId, written.checkName, waitMilliseconds(preferences));
      const body = JSON.stringify(renderCheckWithSteps(await startedCheck(request, written)));
      return { status: 200, headers: startedHeaders(written, preferences), body };
    };
    return sendAnswer(reply, await runOnce(store.idempotency, request, run));
  });

  app.get<ById>('/destinations/:id/history', async (request) => {
    const { accountId, id } = await find(request);
    return (await store.destinations.history(accountId, id, readLimit(request))).map(renderChange);
  });
}

const renderChange = ({ at, revision, actor, action, changes, notes }: Change): wire.DestinationChange => ({
  at: renderTimestamp(at),
  revision,
  actor,
  action,
  changes,
  notes,
});
