import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Failure } from '../errors/failure.ts';
import type { Log } from '../lib/log.ts';
import { failureFrom, notFound, retryAfterSeconds } from './failures.ts';

/** What sets one API surface apart from another: how its answers are labelled and how its failures read. */
export interface Surface {
  readonly contentType: string;
  /** From a value to the text of a body. */
  readonly serialize: (value: unknown) => string;
  /** The value that a failure is shown as: an object, or a bare string where the contract says so. */
  readonly renderFailure: (failure: Failure, request: FastifyRequest) => unknown;
  /** Scheme of the credentials its calls take, for WWW-Authenticate. */
  readonly challenge: 'Bearer' | 'Basic';
}

/**
 * Makes a plugin's answers and failures those of a surface, and those of unknown paths below its prefix.
 * @param unknown what is wrong with such a path
 */
export function installSurface(
  app: FastifyInstance,
  surface: Surface,
  log: Log,
  unknown: () => Failure = notFound,
): void {
  installAnswers(app, surface, log);
  app.setNotFoundHandler((request, reply) => sendFailure(unknown(), request, reply, surface, log));
}

/** The same for a plugin that shares its prefix with another one, which answers for the unknown paths. */
export function installAnswers(app: FastifyInstance, surface: Surface, log: Log): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('content-type', surface.contentType);
    done();
  });
  app.setReplySerializer((payload) => surface.serialize(payload));
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply, surface, log));
}

/** Answers whatever was thrown in the words of the surface. */
export function sendFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  surface: Surface,
  log: Log,
): FastifyReply {
  const failure = failureFrom(error, request.id);
  const facts = { requestId: request.id, route: request.routeOptions.url };
  // Clients can cause these by the thousand, and nothing is broken: a line without a stack is enough.
  if (failure.code === 'Overloaded')
    log.warn({ ...facts, reason: failure.message }, 'a request was turned away');
  else if (failure.status >= 500) log.error({ err: error, ...facts }, 'a request failed');
  const seconds = retryAfterSeconds(failure);
  if (seconds !== null) reply.header('retry-after', String(seconds));
  if (failure.status === 401) reply.header('www-authenticate', `${surface.challenge} realm="backstitch"`);
  // Bodies of the contract, some of them a bare string, have no place for these.
  reply.header('backstitch-error', failure.code);
  if (failure.remedy !== undefined)
    reply.header('backstitch-remedy', encodeURIComponent(failure.remedy.slice(0, 1000).toWellFormed()));
  return reply
    .code(failure.status)
    .header('content-type', surface.contentType)
    .send(surface.serialize(surface.renderFailure(failure, request)));
}
