import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { AppParts } from '../app-parts.ts';
import { renderFailureObject } from '../failure-object.ts';
import { notFound } from '../failures.ts';
import { installAnswers } from '../surface.ts';
import { type ConsoleFile, type Encoding, readConsoleFiles } from './read-files.ts';

/**
 * The web console below `/console/`, and the way there for browsers that ask for `/`. Whoever asks for JSON there gets
 * what any unknown path gets. Every path that is no file is a view of the console: the page finds out which.
 */
export const consolePlugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    const files = readConsoleFiles(parts.settings.consoleFolder);
    const page = files.get('index.html');
    installAnswers(
      app,
      {
        contentType: 'application/json; charset=utf-8',
        serialize: JSON.stringify,
        renderFailure: (failure) => renderFailureObject(failure, parts.types),
        challenge: 'Bearer',
      },
      parts.log,
    );

    app.get('/', (request, reply) => {
      if (!asksForPages(request)) throw notFound();
      return reply.header('vary', 'Accept').redirect('/console/', 302);
    });

    // The router takes `/console/` for the same.
    for (const path of ['/console', '/console/*'])
      app.get<{ Params: { '*'?: string } }>(path, (request, reply) => {
        if (page === undefined) throw notBuilt();
        const name = request.params['*'] ?? '';
        if (name.startsWith('assets/') && !files.has(name)) throw notFound();
        return sendFile(request, reply, files.get(name) ?? page);
      });
  };

/**
 * Nothing from elsewhere, nothing inline, in no frame. Styles that scripts set on elements one by one (a chart does) are
 * no inline styles to a browser.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function sendFile(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): FastifyReply {
  reply.headers({
    'content-type': file.contentType,
    'content-security-policy': contentSecurityPolicy,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'Accept-Encoding',
  });
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  const encoding = acceptedEncoding(request, file);
  if (encoding === null) return reply.send(file.plain);
  return reply.header('content-encoding', encoding).send(file.encoded.get(encoding));
}

function acceptedEncoding({ headers }: FastifyRequest, { encoded }: ConsoleFile): Encoding | null {
  const accepted = String(headers['accept-encoding'] ?? '')
    .split(',')
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(';')[0]?.trim());
  for (const encoding of ['br', 'gzip'] as const)
    if (accepted.includes(encoding) && encoded.has(encoding)) return encoding;
  return null;
}

const asksForPages = ({ headers }: FastifyRequest): boolean => /\btext\/html\b/.test(headers.accept ?? '');

const notBuilt = (): Failure =>
  new Failure('NotFound', 'The console is not built.', {
    remedy: 'Run `npm run build` and start the server again.',
  });
