import { all, type Context, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';
import { holdAccount } from './account-row.ts';

/** Whoever starts or ends a check holds its destination; from here on nobody does. */
const lockDestinations = statement<{ id: number }>()((db, given) =>
  db.selectFrom('destinations').select('id').where('account_id', '=', given('id')).orderBy('id').forUpdate(),
);

/** Tables that hold what belongs to an account's destinations, and to the account; what refers comes first. */
const ofDestinations = (['destination_changes', 'host_keys'] as const).map((table) =>
  statement<{ id: number }>()((db, given) =>
    db
      .deleteFrom(table)
      .where('destination_id', 'in', (rows) =>
        rows.selectFrom('destinations').select('id').where('account_id', '=', given('id')),
      ),
  ),
);
const ofAccount = (['checks', 'destinations', 'tokens', 'idempotency_keys', 'check_minutes'] as const).map(
  (table) =>
    statement<{ id: number }>()((db, given) => db.deleteFrom(table).where('account_id', '=', given('id'))),
);

/** What stays is the id, which is never given again, and when it was used. */
const leaveTombstone = statement<{ id: number; now: number }>()((db, given) =>
  db
    .updateTable('accounts')
    .set({
      company: '',
      email: '',
      email_key: null,
      first_name: '',
      last_name: '',
      ssh_public_key: '',
      ssh_private_key: '',
      sealed_with: null,
      deleted_at: given('now'),
    })
    .where('id', '=', given('id')),
);

export function* deleteAccount(id: number, context: Context): Work<boolean> {
  if (!(yield* holdAccount(id))) return false;
  yield* all(lockDestinations, { id });
  for (const statement of [...ofDestinations, ...ofAccount]) yield* run(statement, { id });
  yield* run(leaveTombstone, { id, now: context.now });
  context.notify('checks');
  return true;
}
