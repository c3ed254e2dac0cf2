import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { installImportSurface } from './errors.ts';
import { recordRoutes } from './records.ts';
import { statusRoute } from './status.ts';

/** The Import API, version 2: everything below /v2/import. */
export const importPlugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    // Bodies stay on the socket until there is room for them; each call reads its own.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    installImportSurface(app, parts.log);
    statusRoute(app, parts);
    recordRoutes(app, parts);
  };
