import type { Selectable } from 'kysely';
import { type Context, first, run, type Work } from '../operation.ts';
import type { SessionsTable } from '../schema.ts';
import type { NewSession, NewSessionValue, Session } from '../session-store.ts';
import { statement } from '../statement.ts';

type NewRow = Omit<Selectable<SessionsTable>, 'id'>;

const insertSession = statement<NewRow>()((db, given) =>
  db
    .insertInto('sessions')
    .values({
      account_id: given('account_id'),
      token_id: given('token_id'),
      kind: given('kind'),
      hash: given('hash'),
      created_at: given('created_at'),
      expires_at: given('expires_at'),
    })
    .returningAll(),
);

/** The token holds still until the commit, so that a session cannot outlive its revocation by being made meanwhile. */
const holdToken = statement<{ tokenId: number; accountId: number }>()((db, given) =>
  db
    .selectFrom('tokens')
    .select('id')
    .where('id', '=', given('tokenId'))
    .where('account_id', '=', given('accountId'))
    .where('kind', '=', 'access')
    .where('revoked_at', 'is', null)
    .forUpdate(),
);

const liveAccount = statement<{ accountId: number }>()((db, given) =>
  db
    .selectFrom('accounts')
    .select('id')
    .where('id', '=', given('accountId'))
    .where('suspended_at', 'is', null)
    .where('deleted_at', 'is', null),
);

/** Asked with each request of a browser. */
const liveSession = statement<{ hash: string; now: number }>()((db, given) =>
  db
    .selectFrom('sessions')
    .innerJoin('tokens', 'tokens.id', 'sessions.token_id')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .selectAll('sessions')
    .where('sessions.hash', '=', given('hash'))
    .where('sessions.kind', '=', 'browser')
    .where('sessions.expires_at', '>', given('now'))
    .where('tokens.revoked_at', 'is', null)
    .where('accounts.suspended_at', 'is', null)
    .where('accounts.deleted_at', 'is', null),
);

const takeEphemeral = statement<{ hash: string }>()((db, given) =>
  db.deleteFrom('sessions').where('hash', '=', given('hash')).where('kind', '=', 'ephemeral').returningAll(),
);

const remove = statement<{ hash: string }>()((db, given) =>
  db.deleteFrom('sessions').where('hash', '=', given('hash')),
);

const removeExpired = statement<{ now: number }>()((db, given) =>
  db.deleteFrom('sessions').where('expires_at', '<=', given('now')),
);

const mostSessions = 100;

const removeOldest = statement<{ accountId: number; kind: SessionsTable['kind'] }>()((db, given) =>
  db
    .deleteFrom('sessions')
    .where('account_id', '=', given('accountId'))
    .where('kind', '=', given('kind'))
    .where('id', '<=', (older) =>
      older
        .selectFrom('sessions as newer')
        .select('newer.id')
        .where('newer.account_id', '=', given('accountId'))
        .where('newer.kind', '=', given('kind'))
        .orderBy('newer.id', 'desc')
        .limit(1)
        .offset(mostSessions),
    ),
);

export function* openSession(session: NewSession, { now }: Context): Work<Session | null> {
  const { accountId, tokenId, kind, hash, milliseconds } = session;
  if (!(yield* first(holdToken, { tokenId, accountId }))) return null;
  if (!(yield* first(liveAccount, { accountId }))) return null;
  yield* run(removeExpired, { now });
  const row = yield* first(insertSession, {
    account_id: accountId,
    token_id: tokenId,
    kind,
    hash,
    created_at: now,
    expires_at: now + milliseconds,
  });
  yield* run(removeOldest, { accountId, kind });
  return row ? toSession(row) : null;
}

export function* exchangeSession(
  { from, to }: { from: string; to: NewSessionValue },
  context: Context,
): Work<Session | null> {
  const row = yield* first(takeEphemeral, { hash: from });
  if (!row || row.expires_at <= context.now) return null;
  return yield* openSession(
    { ...to, kind: 'browser', accountId: row.account_id, tokenId: row.token_id },
    context,
  );
}

export function* findSession(hash: string, { now }: { readonly now: number }): Work<Session | null> {
  const row = yield* first(liveSession, { hash, now });
  return row ? toSession(row) : null;
}

export function* endSession(hash: string): Work<void> {
  yield* run(remove, { hash });
}

const toSession = (row: Selectable<SessionsTable>): Session => ({
  id: row.id,
  accountId: row.account_id,
  tokenId: row.token_id,
  expiresAt: row.expires_at,
});
