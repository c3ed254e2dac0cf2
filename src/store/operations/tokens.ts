import type { Selectable } from 'kysely';
import { Failure } from '../../errors/failure.ts';
import type { Token } from '../../model/account.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import type { TokensTable } from '../schema.ts';
import { statement } from '../statement.ts';
import type { FoundToken, NewTokenValue } from '../store.ts';
import { holdAccount } from './account-row.ts';
import { allotId } from './ids.ts';

interface NewTokenRow extends NewTokenValue {
  readonly id: number | null;
  readonly accountId: number;
  readonly sourceId: number | null;
  readonly now: number;
}

const insertToken = statement<NewTokenRow>()((db, given) =>
  db
    .insertInto('tokens')
    .values({
      id: given('id') as number,
      account_id: given('accountId'),
      kind: given('kind'),
      hash: given('hash'),
      hint: given('hint'),
      name: given('name'),
      created_at: given('now'),
      source_id: given('sourceId'),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll(),
);

/** Asked with each request. The nested query, where a join would do, is four times as fast in SQLite. */
const liveToken = statement<{ hash: string }>()((db, given) =>
  db
    .selectFrom('tokens')
    .select(['id', 'account_id as accountId', 'kind', 'source_id as sourceId'])
    .where('hash', '=', given('hash'))
    .where((token) =>
      token.or([
        token('revoked_at', 'is', null),
        token(
          'revoked_at',
          '=',
          token
            .selectFrom('sources')
            .select('sources.deleted_at')
            .whereRef('sources.id', '=', 'tokens.source_id'),
        ),
      ]),
    )
    .where((token) =>
      token(
        token
          .selectFrom('accounts')
          .select('accounts.id')
          .whereRef('accounts.id', '=', 'tokens.account_id')
          .where('accounts.suspended_at', 'is', null)
          .where('accounts.deleted_at', 'is', null),
        'is not',
        null,
      ),
    ),
);

const tokensOfAccount = statement<{ accountId: number }>()((db, given) =>
  db.selectFrom('tokens').selectAll().where('account_id', '=', given('accountId')).orderBy('id'),
);

const revoke = statement<{ accountId: number; tokenId: number; now: number }>()((db, given) =>
  db
    .updateTable('tokens')
    .set({ revoked_at: given('now') })
    .where('id', '=', given('tokenId'))
    .where('account_id', '=', given('accountId'))
    .where('revoked_at', 'is', null),
);

/** Adds a token to an account that is known to be there, and to its source if it is for one. */
export function* addToken(
  accountId: number,
  token: NewTokenValue,
  { now }: Context,
  sourceId: number | null = null,
): Work<Token> {
  const id = yield* allotId('tokens', null);
  const row = yield* first(insertToken, { ...token, id, accountId, sourceId, now });
  if (row) return toToken(row);
  throw new Failure('InvalidForm', 'A token with this value exists already.', {
    remedy: 'Choose another value, or let the server make one.',
    data: { errors: { token: 'taken' } },
  });
}

export function* createToken(
  { accountId, token }: { accountId: number; token: NewTokenValue },
  context: Context,
): Work<Token> {
  if (yield* holdAccount(accountId)) return yield* addToken(accountId, token, context);
  throw new Failure('InvalidId', `There is no account ${accountId}.`);
}

export function* findToken(hash: string): Work<FoundToken | null> {
  return (yield* first(liveToken, { hash })) ?? null;
}

export function* listTokens(accountId: number): Work<Token[]> {
  return (yield* all(tokensOfAccount, { accountId })).map(toToken);
}

export function* revokeToken(
  { accountId, tokenId }: { accountId: number; tokenId: number },
  { now }: Context,
): Work<boolean> {
  return (yield* run(revoke, { accountId, tokenId, now })) > 0;
}

export const toToken = (row: Selectable<TokensTable>): Token => ({
  id: row.id,
  accountId: row.account_id,
  kind: row.kind,
  hint: row.hint,
  name: row.name,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
});
