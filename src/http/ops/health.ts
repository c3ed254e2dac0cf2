import type { FastifyInstance } from 'fastify';
import type { StoreHealth } from '../../store/store.ts';
import type { AppParts } from '../app-parts.ts';
import { within } from './within.ts';

/** A store that has not answered after so long counts as failing. */
const patienceMilliseconds = 2000;

/** Asking the store is a durable write, and everybody may ask for its health: so long all get the same answer. */
const sharedMilliseconds = 500;

/** `GET /health`: 200 while the process serves and its store answers, else 503 with what is the matter. */
export function healthRoute(app: FastifyInstance, { store, settings, clock, log }: AppParts): void {
  let asked: { readonly at: number; readonly answer: Promise<StoreHealth> } | null = null;
  const ping = async (): Promise<StoreHealth> => {
    const now = clock.monotonic();
    if (asked === null || now - asked.at > sharedMilliseconds)
      asked = { at: now, answer: within(store.ping(), patienceMilliseconds) };
    return await asked.answer;
  };

  app.get('/health', async (_request, reply) => {
    const reason = settings.unreadyReason();
    if (reason !== null) {
      reply.code(503).header('retry-after', '5');
      return { status: 'unready', version: settings.version, message: reason };
    }
    try {
      const { engine, milliseconds, version } = await ping();
      return {
        status: 'ok',
        version: settings.version,
        store: { status: 'ok', engine, milliseconds: Math.round(milliseconds), schema_version: version },
      };
    } catch (error) {
      log.warn({ err: error }, 'the store failed a health check');
      reply.code(503).header('retry-after', '5');
      return {
        status: 'failing',
        version: settings.version,
        message: 'The store does not answer; the log says why.',
        store: { status: 'failing' },
      };
    }
  });
}
