import { Failure } from '../../errors/failure.ts';
import type { Token } from '../../model/account.ts';
import { all, type Context, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { NewTokenValue } from '../store.ts';
import { holdSource } from './source-row.ts';
import { addToken, toToken } from './tokens.ts';

/** So many, that one can be replaced by another without a gap. */
const maximalTokens = 2;

interface TokensOf {
  readonly accountId: number;
  readonly sourceId: number;
}

const liveTokens = statement<TokensOf>()((db, given) =>
  db
    .selectFrom('tokens')
    .selectAll()
    .where('source_id', '=', given('sourceId'))
    .where('account_id', '=', given('accountId'))
    .where('revoked_at', 'is', null)
    .orderBy('id'),
);

export function* createImportToken(
  { token, ...of }: TokensOf & { token: NewTokenValue },
  context: Context,
): Work<Token> {
  if (!(yield* holdSource({ accountId: of.accountId, id: of.sourceId })))
    throw new Failure('InvalidId', `There is no source ${of.sourceId}.`);
  if ((yield* all(liveTokens, of)).length >= maximalTokens) {
    throw new Failure(
      'InvalidForm',
      `The source ${of.sourceId} has ${maximalTokens} active tokens already.`,
      {
        remedy: 'Revoke one of them first.',
        data: { errors: { token: 'too_many' } },
      },
    );
  }
  return yield* addToken(of.accountId, { ...token, kind: 'import' }, context, of.sourceId);
}

export function* listImportTokens(of: TokensOf): Work<Token[]> {
  return (yield* all(liveTokens, of)).map(toToken);
}
