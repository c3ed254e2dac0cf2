import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { AppParts } from '../app-parts.ts';
import { parseToken } from '../auth.ts';

/** `GET /metrics`, for Prometheus. */
export function metricsRoute(app: FastifyInstance, { metrics, settings }: AppParts): void {
  const expected = settings.metricsToken === null ? null : hash('sha256', settings.metricsToken);

  app.get('/metrics', async (request, reply) => {
    if (expected !== null) {
      const given = hash('sha256', parseToken(request.headers.authorization) ?? '');
      if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected)))
        throw new Failure('Unauthorized', 'Metrics need the token that BACKSTITCH_METRICS_TOKEN names.');
    }
    return reply.header('content-type', metrics.contentType).send(await metrics.render());
  });
}
