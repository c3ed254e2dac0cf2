import { hash } from 'node:crypto';
import fastify from 'fastify';

/**
 * What GET of one destination is measured against: one Fastify route that hashes the token, looks it up in a map, and
 * sends bytes that are ready. It is told in the environment what to send.
 */
const { PORT, TOKEN, BODY, HEADERS } = process.env;
const callers = new Map([[hash('sha256', String(TOKEN)), { accountId: 1 }]]);
const headers = JSON.parse(String(HEADERS)) as Record<string, string>;

const app = fastify();
app.addHook('onRequest', (request, reply, done) => {
  const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (callers.has(hash('sha256', token))) done();
  else reply.code(request.url === '/health' ? 200 : 401).send();
});
app.get('/v4/destinations/:id', (_request, reply) => reply.headers(headers).send(BODY));
await app.listen({ host: '127.0.0.1', port: Number(PORT) });
process.once('SIGTERM', () => process.exit());
