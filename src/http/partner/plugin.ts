import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { renderFailureObject } from '../failure-object.ts';
import { installSurface } from '../surface.ts';
import { partnerAccountRoutes } from './accounts.ts';
import { requirePartner } from './partner-auth.ts';
import { partnerTokenRoutes } from './tokens.ts';

/** What a partner may do with the accounts it made. All of it is ours: the original has it in a console only. */
export const partnerPlugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    installSurface(
      app,
      {
        contentType: 'application/json; charset=utf-8',
        serialize: JSON.stringify,
        renderFailure: (failure) => renderFailureObject(failure, parts.types),
        challenge: 'Basic',
      },
      parts.log,
    );
    app.addHook('onRequest', requirePartner(parts.partnerAuth));
    partnerAccountRoutes(app, parts);
    partnerTokenRoutes(app, parts);
  };
