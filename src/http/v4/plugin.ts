import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { requireToken } from '../auth.ts';
import { installSurface } from '../surface.ts';
import { accountRoutes } from './account.ts';
import { activityRoutes } from './activity.ts';
import { connectionCheckRoutes } from './connection-checks.ts';
import { destinationFormRoutes } from './destination-forms.ts';
import { destinationTypeRoutes } from './destination-types.ts';
import { destinationRoutes } from './destinations.ts';
import { createV4Surface } from './errors.ts';
import { eventRoutes } from './events.ts';
import { extractionRoutes } from './extractions.ts';
import { loadRoutes } from './loads.ts';
import { rejectedRoutes } from './rejected.ts';
import { replayRoutes } from './replays.ts';
import { schemaChangeRoutes } from './schema-changes.ts';
import { sourceBatchRoutes } from './source-batches.ts';
import { sourceTokenRoutes } from './source-tokens.ts';
import { sourceTypeRoutes } from './source-types.ts';
import { sourceRoutes } from './sources.ts';

/** The Connect API, version 4: everything below /v4 that an account's token opens. */
export const v4Plugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    installSurface(app, createV4Surface(parts.types), parts.log);
    app.addHook('onRequest', requireToken(parts));
    accountRoutes(app, parts);
    destinationRoutes(app, parts);
    connectionCheckRoutes(app, parts);
    sourceRoutes(app, parts);
    sourceTokenRoutes(app, parts);
    sourceBatchRoutes(app, parts);
    sourceTypeRoutes(app);
    rejectedRoutes(app, parts);
    replayRoutes(app, parts);
    loadRoutes(app, parts);
    schemaChangeRoutes(app, parts);
    activityRoutes(app, parts);
    extractionRoutes(app);
    eventRoutes(app, parts);
    destinationFormRoutes(app, parts);
    app.register(async (types) => destinationTypeRoutes(types, parts));
  };
