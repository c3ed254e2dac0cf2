import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import { BatchRefusal, invalid, renderBatchRefusal } from '../../intake/batch-refusal.ts';
import { PushRefusal, renderPushRefusal } from '../../intake/push-refusal.ts';
import type { Log } from '../../lib/log.ts';
import { notFound } from '../failures.ts';
import { type Surface, sendFailure } from '../surface.ts';
import { DamagedBody } from './read-body.ts';
import { ImportRefusal, methodNotAllowed } from './refusal.ts';

const surface: Surface = {
  contentType: 'application/json; charset=utf-8',
  serialize: JSON.stringify,
  renderFailure,
  challenge: 'Bearer',
};

/** Makes the answers and failures of the plugin those of the Import API. Every one of them is JSON. */
export function installImportSurface(app: FastifyInstance, log: Log): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('content-type', surface.contentType);
    done();
  });
  app.setReplySerializer((payload) => surface.serialize(payload));
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalFrom(error, request);
    if (refusal === null) return sendFailure(retryable(error), request, reply, surface, log);
    return sendRefusal(refusal, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const methods = (['GET', 'POST'] as const).filter((method) => app.hasRoute({ method, url: path }));
    if (methods.length === 0) return sendFailure(notFound(), request, reply, surface, log);
    return sendRefusal(methodNotAllowed(), reply.header('allow', methods.join(', ')));
  });
}

/** Senders give up on a 429, and their records with it: a limit that is used up is told as one they try again after. */
const retryable = (error: unknown): unknown =>
  error instanceof Failure && error.code === 'TooManyRequests'
    ? new Failure('Overloaded', error.message, { data: error.data })
    : error;

const sendRefusal = ({ status, body }: ImportRefusal, reply: FastifyReply): FastifyReply =>
  reply.code(status).header('content-type', surface.contentType).send(surface.serialize(body));

const pathOf = ({ url }: FastifyRequest): string => (url.split('?')[0] ?? '').replace(/\/$/, '');

/** What the contract has its own words for. Null: everything else that can go wrong. */
function refusalFrom(error: unknown, request: FastifyRequest): ImportRefusal | null {
  if (error instanceof ImportRefusal) return error;
  if (error instanceof BatchRefusal) return new ImportRefusal(400, renderBatchRefusal(error));
  if (error instanceof PushRefusal) {
    const { status, body } = renderPushRefusal(error);
    return new ImportRefusal(status, body);
  }
  if (error instanceof DamagedBody) {
    if (request.routeOptions.url?.endsWith('/batch'))
      return refusalFrom(invalid('#', error.message), request);
    return refusalFrom(new PushRefusal({ kind: 'malformed', reason: error.message }), request);
  }
  return null;
}

function renderFailure({ code, status, message, remedy }: Failure): object {
  if (code === 'Unauthorized') return { message: 'Not Authorized' };
  const why = message.replace(/\.$/, '');
  if (status === 503) return { status: 'ERROR', message: `${why}; try again later` };
  return { status: 'ERROR', message: remedy === undefined ? message : `${why}. ${remedy}` };
}
