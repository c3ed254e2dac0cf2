import type { FastifyInstance } from 'fastify';
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
    );
    healthRoute(app, parts);
    metricsRoute(app, parts);
    docsRoutes(app, parts);
  };
