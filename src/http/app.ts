import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createSessions } from '../control/sessions.ts';
import { createEvents } from '../events/create-events.ts';
import type { Log } from '../lib/log.ts';
import type { AppOptions, AppParts } from './app-parts.ts';
import { createTokenAuth } from './auth.ts';
import { keepRawBodies } from './body.ts';
import { consolePlugin } from './console/plugin.ts';
import { createFailedLogins } from './failed-logins.ts';
import { importPlugin } from './import/plugin.ts';
import { createServerFactory, refuseMalformedRequest } from './node-server.ts';
import { notificationsPlugin } from './notifications/plugin.ts';
import { createMetrics } from './ops/metrics.ts';
import { opsPlugin } from './ops/plugin.ts';
import { createAccountPlugin } from './partner/create-account.ts';
import { createPartnerAuth } from './partner/partner-auth.ts';
import { partnerPlugin } from './partner/plugin.ts';
import { requestId } from './request-id.ts';
import { securityHeaders } from './security-headers.ts';
import { createSessionCookie } from './sessions/cookie.ts';
import { sessionPlugin } from './sessions/plugin.ts';
import { sendFailure } from './surface.ts';
import { createV3Surface } from './v3/errors.ts';
import { v3Plugin } from './v3/plugin.ts';
import { createV4Surface } from './v4/errors.ts';
import { v4Plugin } from './v4/plugin.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** On the clock's monotonic scale. */
    startedAt: number;
  }
}

/** Ids are short; a longer segment than the header section cannot come. */
const longestParameter = 16_384;

/**
 * The HTTP server with all its surfaces, ready but not listening. Closing it ends keep-alive connections after the
 * answers that are under way; what it was given stays open.
 */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { store, types, clock, log, settings } = options;
  const failedLogins = createFailedLogins({ perMinute: settings.failedLoginsPerMinute, clock });
  const metrics = createMetrics({ ...options, version: settings.version, folder: settings.dataFolder });
  const { requestsPerMinute } = settings;
  const events = createEvents(options);
  const parts: AppParts = {
    ...options,
    metrics,
    events,
    sessions: createSessions({ store }),
    sessionCookie: createSessionCookie(settings),
    tokenAuth:
      options.tokenAuth ??
      createTokenAuth({
        tokens: store.tokens,
        sessions: store.sessions,
        failedLogins,
        requestsPerMinute,
        clock,
      }),
    partnerAuth: createPartnerAuth({ partners: store.partners, failedLogins, settings }),
  };

  const fixedHeaders = securityHeaders(settings.tls !== null);
  const begin = (request: FastifyRequest, reply: FastifyReply): void => {
    request.startedAt = clock.monotonic();
    reply.headers(fixedHeaders);
    reply.header('x-request-id', request.id);
  };

  const surfaces = { v3: createV3Surface(types), others: createV4Surface(types) };
  const app = fastify({
    serverFactory: createServerFactory(settings),
    bodyLimit: settings.bodyLimit,
    trustProxy: typeof settings.trustProxy === 'boolean' ? settings.trustProxy : [...settings.trustProxy],
    genReqId: requestId,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: longestParameter },
    clientErrorHandler: refuseMalformedRequest,
    // Before any plugin's own handler: a path that cannot be decoded.
    frameworkErrors(error, request, reply) {
      const surface = request.raw.url?.startsWith('/v3/') ? surfaces.v3 : surfaces.others;
      begin(request, reply);
      sendFailure(error, request, reply, surface, log);
    },
  });

  app.decorateRequest('startedAt', 0);
  app.decorateRequest('caller', null);
  app.decorateRequest('partnerId', null);
  keepRawBodies(app);
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply);
    done();
  });
  // Not onResponse: listening for the end of every answer costs more than what is done here.
  app.addHook('onSend', (request, reply, _payload, done) => {
    const milliseconds = clock.monotonic() - request.startedAt;
    metrics.observeRequest(request, reply.statusCode, milliseconds / 1000);
    if (settings.logRequests) logRequest(log, request, reply.statusCode, milliseconds);
    done();
  });
  // Streams never end by themselves, and closing waits for answers.
  app.addHook('preClose', async () => await events[Symbol.asyncDispose]());
  app.addHook('onClose', async () => metrics.close());

  app.register(opsPlugin(parts));
  if (settings.answersCalls) registerCalls(app, parts);
  await app.ready();
  return app;
}

/** The surfaces of accounts, partners and senders. */
function registerCalls(app: FastifyInstance, parts: AppParts): void {
  app.register(consolePlugin(parts));
  app.register(createAccountPlugin(parts), { prefix: '/v3' });
  app.register(v3Plugin(parts), { prefix: '/v3' });
  app.register(partnerPlugin(parts), { prefix: '/v4/partner' });
  app.register(sessionPlugin(parts), { prefix: '/v4' });
  app.register(v4Plugin(parts), { prefix: '/v4' });
  app.register(importPlugin(parts), { prefix: '/v2/import' });
  app.register(notificationsPlugin(parts), { prefix: '/notifications/public/v1/api' });
}

function logRequest(log: Log, request: FastifyRequest, status: number, milliseconds: number): void {
  const { id: requestId, method, caller } = request;
  log.debug(
    {
      requestId,
      method,
      route: request.routeOptions.url,
      status,
      milliseconds: Math.round(milliseconds),
      accountId: caller?.accountId,
    },
    'answered',
  );
}
