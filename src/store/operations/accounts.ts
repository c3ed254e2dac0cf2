import { Failure } from '../../errors/failure.ts';
import type { Account } from '../../model/account.ts';
import { all, type Context, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import type { NewAccount } from '../store.ts';
import { accountColumns, holdAccount, toAccount } from './account-row.ts';
import { allotId } from './ids.ts';
import { requireLiveKeys, sealedWith } from './seal-keys.ts';
import { addToken } from './tokens.ts';

interface NewRow extends Omit<NewAccount, 'token'> {
  readonly emailKey: string;
  readonly sealedWith: string | null;
  readonly now: number;
}

/** The conflicts are told apart afterwards: looking first would let two of them pass at once on PostgreSQL. */
const insertAccount = statement<NewRow>()((db, given) =>
  db
    .insertInto('accounts')
    .values({
      id: given('id') as number,
      uid: given('uid'),
      company: given('company'),
      email: given('email'),
      email_key: given('emailKey'),
      first_name: given('firstName'),
      last_name: given('lastName'),
      region: given('region'),
      partner_id: given('partnerId'),
      ssh_public_key: given('sshPublicKey'),
      ssh_private_key: given('sealedSshPrivateKey'),
      sealed_with: given('sealedWith'),
      created_at: given('now'),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(accountColumns),
);

const accountByEmail = statement<{ emailKey: string }>()((db, given) =>
  db.selectFrom('accounts').select('id').where('email_key', '=', given('emailKey')),
);

const liveAccount = statement<{ id: number }>()((db, given) =>
  db
    .selectFrom('accounts')
    .select(accountColumns)
    .where('id', '=', given('id'))
    .where('deleted_at', 'is', null),
);

const liveAccounts = statement()((db) =>
  db.selectFrom('accounts').select(accountColumns).where('deleted_at', 'is', null).orderBy('id'),
);

const accountsOfPartner = statement<{ partnerId: string }>()((db, given) =>
  db
    .selectFrom('accounts')
    .select(accountColumns)
    .where('partner_id', '=', given('partnerId'))
    .where('deleted_at', 'is', null)
    .orderBy('id'),
);

const sshKeyOf = statement<{ id: number }>()((db, given) =>
  db
    .selectFrom('accounts')
    .select(['uid', 'ssh_public_key', 'ssh_private_key'])
    .where('id', '=', given('id'))
    .where('deleted_at', 'is', null),
);

const suspend = statement<{ id: number; now: number }>()((db, given) =>
  db
    .updateTable('accounts')
    .set(({ fn, ref, val }) => ({ suspended_at: fn.coalesce(ref('suspended_at'), val(given('now'))) }))
    .where('id', '=', given('id'))
    .where('deleted_at', 'is', null)
    .returning(accountColumns),
);

const resume = statement<{ id: number }>()((db, given) =>
  db
    .updateTable('accounts')
    .set({ suspended_at: null })
    .where('id', '=', given('id'))
    .where('deleted_at', 'is', null)
    .returning(accountColumns),
);

const setQuotas = statement<{
  id: number;
  destinationLimit: number | null;
  checksPerMinute: number | null;
}>()((db, given) =>
  db
    .updateTable('accounts')
    .set({ destination_limit: given('destinationLimit'), checks_per_minute: given('checksPerMinute') })
    .where('id', '=', given('id'))
    .returning(accountColumns),
);

export function* createAccount(account: NewAccount, context: Context): Work<Account> {
  const { token, ...fields } = account;
  const sealed = { key: account.sealedSshPrivateKey };
  yield* requireLiveKeys(sealed);
  const id = yield* allotId('accounts', account.id);
  const emailKey = account.email.toLowerCase();
  const row = yield* first(insertAccount, {
    ...fields,
    id,
    emailKey,
    sealedWith: sealedWith(sealed),
    now: context.now,
  });
  if (!row) {
    if (yield* first(accountByEmail, { emailKey })) throw new Failure('ExistingUser');
    // Somebody else asked for this very id after the sequence had given it out.
    if (account.id === null) return yield* createAccount(account, context);
    throw new Failure('InvalidForm', `The account id ${id} is taken.`, { data: { errors: { id: 'taken' } } });
  }
  if (token) yield* addToken(row.id, token, context);
  return toAccount(row);
}

export function* getAccount(id: number): Work<Account | null> {
  const row = yield* first(liveAccount, { id });
  return row ? toAccount(row) : null;
}

export function* listAccounts({ partnerId }: { partnerId: string | null }): Work<Account[]> {
  const rows =
    partnerId === null ? yield* all(liveAccounts, {}) : yield* all(accountsOfPartner, { partnerId });
  return rows.map(toAccount);
}

export function* suspendAccount(
  { id, suspended }: { id: number; suspended: boolean },
  context: Context,
): Work<Account | null> {
  const row = suspended ? yield* first(suspend, { id, now: context.now }) : yield* first(resume, { id });
  if (!row) return null;
  // Checks that rested while the account was suspended may be taken again.
  if (!suspended) context.notify('checks');
  return toAccount(row);
}

export interface Quota {
  readonly destinationLimit?: number | null;
  readonly checksPerMinute?: number | null;
}

export function* setQuota({ id, quota }: { id: number; quota: Quota }): Work<Account | null> {
  const account = yield* holdAccount(id);
  if (!account) return null;
  const row = yield* first(setQuotas, {
    id,
    destinationLimit:
      quota.destinationLimit === undefined ? account.destinationLimit : quota.destinationLimit,
    checksPerMinute: quota.checksPerMinute === undefined ? account.checksPerMinute : quota.checksPerMinute,
  });
  return row ? toAccount(row) : null;
}

export function* sshKeyOfAccount(
  id: number,
): Work<{ uid: string; publicKey: string; sealedPrivateKey: string } | null> {
  const row = yield* first(sshKeyOf, { id });
  return row ? { uid: row.uid, publicKey: row.ssh_public_key, sealedPrivateKey: row.ssh_private_key } : null;
}
