import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { requireToken } from '../auth.ts';
import { installSurface } from '../surface.ts';
import { customEmailRoutes } from './custom-emails.ts';
import { createNotificationsSurface } from './errors.ts';
import { hookRoutes } from './hooks.ts';

/** The part of the Connect API that tells people and programs what happened: /notifications/public/v1/api. */
export const notificationsPlugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    installSurface(app, createNotificationsSurface(parts.types), parts.log);
    app.addHook('onRequest', requireToken(parts));
    hookRoutes(app, parts);
    customEmailRoutes(app);
  };
