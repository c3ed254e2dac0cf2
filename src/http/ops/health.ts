import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import { leastFreeBytes } from '../../intake/limits.ts';
import { freeBytes } from '../../lib/free-bytes.ts';
import type { StoreHealth } from '../../store/store.ts';
import type { AppParts } from '../app-parts.ts';
import { within } from './within.ts';

/** A store that has not answered after so long counts as failing. */
const patienceMilliseconds = 2000;

/** Asking the store is a durable write, and everybody may ask for its health: so long all get the same answer. */
const sharedMilliseconds = 500;

/**
 * `GET /health`: 200 while the process serves and its store answers, else 503 with what is the matter. A full disk is a
 * 200 that says so: everything can still be read, and a process that is started anew has no more room.
 */
export function healthRoute(app: FastifyInstance, { store, settings, clock, log }: AppParts): void {
  let asked: { readonly at: number; readonly answer: Promise<StoreHealth> } | null = null;
  const ping = async (): Promise<StoreHealth> => {
    const now = clock.monotonic();
    if (asked === null || now - asked.at > sharedMilliseconds)
      asked = { at: now, answer: within(store.ping(), patienceMilliseconds) };
    return await asked.answer;
  };

  app.get('/health', async (_request, reply) => {
    const { version, dataFolder } = settings;
    const reason = settings.unreadyReason();
    if (reason !== null) {
      reply.code(503).header('retry-after', '5');
      return { status: 'unready', version, message: reason };
    }
    try {
      const { engine, milliseconds, version: schema } = await ping();
      const told = { status: 'ok', engine, milliseconds: Math.round(milliseconds), schema_version: schema };
      if (dataFolder === null || (await freeBytes(dataFolder)) >= leastFreeBytes)
        return { status: 'ok', version, store: told };
      return { status: 'degraded', version, message: almostFull, store: { ...told, status: 'almost_full' } };
    } catch (error) {
      if (error instanceof Failure && error.code === 'Overloaded') {
        const message = [error.message, error.remedy].join(' ').trim();
        return { status: 'degraded', version, message, store: { status: 'full' } };
      }
      log.warn({ err: error }, 'the store failed a health check');
      reply.code(503).header('retry-after', '5');
      return {
        status: 'failing',
        version,
        message: 'The store does not answer; the log says why.',
        store: { status: 'failing' },
      };
    }
  });
}

const almostFull =
  'The disk of the data folder is almost full: records are refused. Free some space; the server goes on by itself.';
