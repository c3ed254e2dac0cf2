import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { AppParts } from '../app-parts.ts';

/** Whether records can be taken in now. Anybody may ask. */
export function statusRoute(app: FastifyInstance, { store, settings }: AppParts): void {
  const { version } = settings;

  app.get('/status', async (_request, reply) => {
    const reason = settings.unreadyReason() ?? (await whyStoreFails(store));
    if (reason !== null) reply.code(503).header('retry-after', '5');
    return {
      name: 'pipeline.gate',
      version,
      revision: version,
      status: reason === null ? 'OK' : 'ERROR',
      reason,
    };
  });
}

const whyStoreFails = async (store: Pick<AppParts['store'], 'ping'>): Promise<string | null> =>
  await store.ping().then(
    () => null,
    (error: unknown) =>
      error instanceof Failure && error.code === 'Overloaded'
        ? error.message
        : 'The store of the server does not answer.',
  );
