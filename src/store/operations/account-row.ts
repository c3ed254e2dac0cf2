import type { Selectable } from 'kysely';
import type { Account } from '../../model/account.ts';
import { first, type Work } from '../operation.ts';
import type { AccountsTable } from '../schema.ts';
import { statement } from '../statement.ts';

/** Columns of an {@link Account}; the private key is not among them. */
export const accountColumns = [
  'id',
  'company',
  'email',
  'first_name',
  'last_name',
  'region',
  'partner_id',
  'destination_limit',
  'checks_per_minute',
  'created_at',
  'suspended_at',
  'deleted_at',
  'ssh_public_key',
] as const satisfies (keyof AccountsTable)[];

type AccountRow = Pick<Selectable<AccountsTable>, (typeof accountColumns)[number]>;

export const toAccount = (row: AccountRow): Account => ({
  id: row.id,
  company: row.company,
  email: row.email,
  firstName: row.first_name,
  lastName: row.last_name,
  region: row.region,
  partnerId: row.partner_id,
  destinationLimit: row.destination_limit,
  checksPerMinute: row.checks_per_minute,
  createdAt: row.created_at,
  suspendedAt: row.suspended_at,
  deletedAt: row.deleted_at,
  sshPublicKey: row.ssh_public_key,
});

const lockAccount = statement<{ id: number }>()((db, given) =>
  db
    .selectFrom('accounts')
    .select(accountColumns)
    .where('id', '=', given('id'))
    .where('deleted_at', 'is', null)
    .forUpdate(),
);

/** The account, kept from changing until the commit; undefined when it is missing or deleted. */
export function* holdAccount(id: number): Work<Account | undefined> {
  const row = yield* first(lockAccount, { id });
  return row && toAccount(row);
}
