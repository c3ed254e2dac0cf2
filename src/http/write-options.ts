import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WriteOptions } from '../control/control.ts';
import { Failure } from '../errors/failure.ts';
import { type Preferences, parsePrefer } from './prefer.ts';

/** The Prefer header of a request; several headers are one list. */
export const preferencesOf = (request: FastifyRequest): Preferences => {
  const { prefer } = request.headers;
  return parsePrefer(Array.isArray(prefer) ? prefer.join(',') : prefer);
};

/** How a write was asked for. */
export const writeOptions = (preferences: Preferences, reply: FastifyReply): WriteOptions => ({
  strict: preferences.strict,
  waitMilliseconds: waitMilliseconds(preferences),
  ...(preferences.strict ? { signal: goneSignal(reply) } : {}),
});

export const waitMilliseconds = ({ waitSeconds }: Preferences): number => (waitSeconds ?? 0) * 1000;

/** Fires, with a failure that nobody will read, when the client went away before it was answered. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Failure('ClientGone'));
  });
  return controller.signal;
}
