import type { FastifyRequest } from 'fastify';
import type { Source } from '../../model/source.ts';
import { importApi } from '../../model/source-type.ts';
import type { Store } from '../../store/store.ts';
import type { TokenAuth } from '../auth.ts';
import type { ReadSource } from './read-source.ts';
import { noSingleSource, notActive } from './refusal.ts';

export interface SenderParts {
  readonly store: Pick<Store, 'sources'>;
  readonly tokenAuth: TokenAuth;
  readonly readSource: ReadSource;
}

/**
 * The source that a request's records are of. An account's token stands for its only active source, where the call
 * takes one.
 * @throws {Failure} Unauthorized, TooManyRequests. @throws {ImportRefusal} when the source is not active or not known.
 */
export async function findSender(
  parts: SenderParts,
  request: FastifyRequest,
  options: { readonly accountTokens: boolean },
): Promise<Source> {
  const { store, tokenAuth, readSource } = parts;
  const kinds = options.accountTokens ? (['import', 'access'] as const) : (['import'] as const);
  const caller = await tokenAuth.authenticate(request.headers.authorization, request.ip, kinds);
  request.caller = caller;
  const { accountId, sourceId } = caller;
  if (caller.kind === 'access') return onlyActive(await store.sources.list(accountId));
  const source = sourceId === null ? null : await readSource(accountId, sourceId);
  if (source === null || !isActive(source)) throw notActive();
  return source;
}

const isActive = ({ type, pausedAt, deletedAt }: Source): boolean =>
  type === importApi && pausedAt === null && deletedAt === null;

function onlyActive(sources: readonly Source[]): Source {
  const active = sources.filter(isActive);
  const [source] = active;
  if (source === undefined || active.length > 1) throw noSingleSource(active.length);
  return source;
}
