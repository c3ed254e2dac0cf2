import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';

/** A store that has not answered after so long counts as failing. */
const patienceMilliseconds = 2000;

/** `GET /health`: 200 while the process serves and its store answers, else 503 with what is the matter. */
export function healthRoute(app: FastifyInstance, { store, settings, log }: AppParts): void {
  app.get('/health', async (_request, reply) => {
    const reason = settings.unreadyReason();
    if (reason !== null) {
      reply.code(503).header('retry-after', '5');
      return { status: 'unready', version: settings.version, message: reason };
    }
    try {
      const { engine, milliseconds, version } = await within(store.ping(), patienceMilliseconds);
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

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
