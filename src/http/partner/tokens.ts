import type { FastifyInstance, FastifyRequest } from 'fastify';
import { formText } from '../../control/form-text.ts';
import { Failure } from '../../errors/failure.ts';
import type { Token } from '../../model/account.ts';
import { renderTimestamp } from '../../model/timestamp.ts';
import type { AppParts } from '../app-parts.ts';
import { hasOnly, rawBody, readJsonObject } from '../body.ts';
import { parseId } from '../ids.ts';
import { type ById, ownAccount } from './accounts.ts';

interface ByTokenId {
  Params: { id: string; token_id: string };
}

/** Access tokens of a partner's accounts. */
export function partnerTokenRoutes(app: FastifyInstance, parts: AppParts): void {
  const { store, accounts, tokenAuth } = parts;

  app.get<ById>('/accounts/:id/tokens', async (request) => {
    const { id } = await ownAccount(parts, request);
    return (await store.tokens.list(id)).map(renderToken);
  });

  app.post<ById>('/accounts/:id/tokens', async (request) => {
    const name = readName(request);
    const { id } = await ownAccount(parts, request);
    const token = await accounts.issueToken(id, { kind: 'access', ...(name === undefined ? {} : { name }) });
    return { id: token.id, access_token: token.value };
  });

  app.delete<ByTokenId>('/accounts/:id/tokens/:token_id', async (request) => {
    const { id } = await ownAccount(parts, request);
    const tokenId = parseId(request.params.token_id);
    if (tokenId === null || !(await store.tokens.revoke(id, tokenId)))
      throw new Failure('NotFound', 'This account has no such token, or it was revoked before.');
    tokenAuth.forget();
    return {};
  });
}

/** The body is optional. @throws {Failure} InvalidBody */
function readName(request: FastifyRequest): string | undefined {
  if (rawBody(request).length === 0) return undefined;
  const body = readJsonObject(request);
  const { name } = body;
  if (
    !hasOnly(body, ['name']) ||
    !(name === undefined || (typeof name === 'string' && formText(name) === null))
  )
    throw new Failure('InvalidBody', 'The body may only include a name of at most 255 characters.');
  return name;
}

const renderToken = ({ id, kind, name, hint, createdAt, revokedAt }: Token): object => ({
  id,
  kind,
  name,
  hint,
  created_at: renderTimestamp(createdAt),
  revoked_at: revokedAt === null ? null : renderTimestamp(revokedAt),
});
