import type { FastifyInstance } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { AppParts } from '../app-parts.ts';
import { renderFailureObject } from '../failure-object.ts';
import { installSurface } from '../surface.ts';
import { docsRoutes } from './docs.ts';
import { healthRoute } from './health.ts';
import { metricsRoute } from './metrics-route.ts';

/** For whoever runs the server, and for whoever reads how to use it. None of it needs an account's token. */
export const opsPlugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    installSurface(
      app,
      {
        contentType: 'application/json; charset=utf-8',
        serialize: JSON.stringify,
        renderFailure: (failure) => renderFailureObject(failure, parts.types),
        challenge: 'Bearer',
      },
      parts.log,
      parts.settings.answersCalls ? undefined : onlyLoads,
    );
    healthRoute(app, parts);
    metricsRoute(app, parts);
    docsRoutes(app, parts);
  };

/** Not 404: senders take that for a refusal of their records, and this as a reason to try again. */
const onlyLoads = (): Failure =>
  new Failure('Overloaded', 'This process only carries loads, and answers /health and /metrics', {
    remedy: 'Send calls to a process whose BACKSTITCH_ROLES is all or api.',
  });
