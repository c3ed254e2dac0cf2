import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { Submission } from '../../intake/intake.ts';
import type { AppParts } from '../app-parts.ts';
import { readIdempotencyKey, usedForAnotherBody } from '../idempotency.ts';
import { preferencesOf } from '../write-options.ts';
import { readBatchType, readPushType } from './media-type.ts';
import { type ReadBody, readBody } from './read-body.ts';
import { createSourceReader } from './read-source.ts';
import { notActive } from './refusal.ts';
import { findSender } from './sender.ts';

type Parts = Pick<AppParts, 'store' | 'tokenAuth' | 'intake'>;

const accepted = { status: 'OK', message: 'Batch Accepted!' };
const valid = { status: 'OK', message: 'Batch is valid!' };

/** The calls that take records. */
export function recordRoutes(app: FastifyInstance, parts: Parts): void {
  const senderParts = { ...parts, readSource: createSourceReader(parts.store) };

  app.post('/batch', async (request, reply) => {
    const source = await findSender(senderParts, request, { accountTokens: false });
    return await accept(parts, request, reply, { source, ...readBatchType(request.headers) });
  });

  app.post('/push', async (request, reply) => {
    const source = await findSender(senderParts, request, { accountTokens: true });
    return await accept(parts, request, reply, { source, ...readPushType(request.headers) });
  });

  app.post('/validate', async (request) => {
    const source = await findSender(senderParts, request, { accountTokens: true });
    const { format, encoding } = readPushType(request.headers);
    using body: ReadBody = await readBody(request.raw, encoding, { ...parts, accountId: source.accountId });
    await parts.intake.validate({
      source,
      format,
      body: body.bytes,
      clientId: source.accountId,
      onInvalid: readHandling(request),
    });
    return valid;
  });
}

/** 201 only after the records are durable. */
async function accept(
  { intake }: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  { source, format, encoding }: Pick<Submission, 'source'> & ReturnType<typeof readPushType>,
): Promise<object> {
  const idempotencyKey = readIdempotencyKey(request);
  const onInvalid = readHandling(request);
  using body: ReadBody = await readBody(request.raw, encoding, { intake, accountId: source.accountId });
  const { outcome, batches } = await intake
    .accept({ source, format, body: body.bytes, clientId: source.accountId, idempotencyKey, onInvalid })
    .catch((error: unknown) => {
      // Deleted while its body was read.
      throw error instanceof Failure && error.code === 'InvalidId' ? notActive() : error;
    });
  if (outcome === 'other_body') throw usedForAnotherBody();
  if (outcome === 'replayed') reply.header('idempotency-replayed', 'true');
  if (onInvalid !== null)
    reply.header('preference-applied', `handling=${onInvalid === 'reject' ? 'lenient' : 'strict'}`);
  const rejected = batches.reduce((sum, batch) => sum + batch.rejected, 0);
  if (rejected > 0) reply.header('backstitch-rejected-records', String(rejected));
  reply.code(201);
  return accepted;
}

/** `Prefer: handling=lenient` sets single invalid records aside, `strict` refuses the request; null: not said. */
function readHandling(request: FastifyRequest): Submission['onInvalid'] {
  const { lenient, strict } = preferencesOf(request);
  if (lenient) return 'reject';
  return strict ? 'refuse' : null;
}
