import type { FastifyInstance } from 'fastify';

/** There is no mail server here: nobody is on the list, and nobody can be put on it. The contract's words for that. */
export function customEmailRoutes(app: FastifyInstance): void {
  app.get('/custom-emails', async () => []);
  app.post('/custom-emails', async (_request, reply) =>
    reply.code(400).send({
      error: { message: 'Account not authorized to create custom notification email addresses.' },
    }),
  );
  const notFound = { status: 'NOT FOUND' };
  app.put('/custom-emails/:id', async (_request, reply) => reply.code(404).send(notFound));
  app.delete('/custom-emails/:id', async (_request, reply) => reply.code(404).send(notFound));
}
