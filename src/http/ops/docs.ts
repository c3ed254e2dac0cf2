import { hash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { renderDocsPage, styles } from './docs-page.ts';
import { buildOpenApi } from './openapi.ts';

/** `GET /openapi.json`, and `GET /docs`: the same as a page that loads nothing, from here or elsewhere. */
export function docsRoutes(app: FastifyInstance, { settings }: AppParts): void {
  const description = buildOpenApi(settings);
  const text = JSON.stringify(description, null, 2);
  const page = renderDocsPage(settings);
  const policy = `default-src 'none'; style-src 'sha256-${hash('sha256', styles, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

  app.get('/openapi.json', (_request, reply) => reply.send(text));
  app.get('/docs', (_request, reply) =>
    reply
      .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
      .send(page),
  );
}
