import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { requireToken } from '../auth.ts';
import { installSurface } from '../surface.ts';
import { destinationRoutes } from './destinations.ts';
import { ephemeralSessionRoutes } from './ephemeral-session.ts';
import { createV3Surface } from './errors.ts';

/** The Connect API, version 3: everything below /v3 that an account's token opens. */
export const v3Plugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    installSurface(app, createV3Surface(parts.types), parts.log);
    app.addHook('onRequest', requireToken(parts));
    destinationRoutes(app, parts);
    ephemeralSessionRoutes(app, parts);
  };
