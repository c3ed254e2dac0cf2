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
const ofHooks = (['hook_deliveries', 'hook_quiets'] as const).map((table) =>
  statement<{ id: number }>()((db, given) =>
    db
      .deleteFrom(table)
      .where('hook_id', 'in', (rows) =>
        rows.selectFrom('hooks').select('hooks.id').where('hooks.account_id', '=', given('id')),
      ),
  ),
);
const ofLanes = statement<{ id: number }>()((db, given) =>
  db
    .deleteFrom('lane_totals')
    .where('lane_id', 'in', (rows) =>
      rows.selectFrom('lanes').select('lanes.id').where('lanes.account_id', '=', given('id')),
    ),
);
const ofAccount = (
  [
    'rejections',
    'schema_changes',
    'hooks',
    'loads',
    'account_totals',
    'lanes',
    'sessions',
    'tokens',
    'sources',
    'checks',
    'destinations',
    'idempotency_keys',
    'check_minutes',
  ] as const
).map((table) =>
  statement<{ id: number }>()((db, given) => db.deleteFrom(table).where('account_id', '=', given('id'))),
);

/** Whoever accepts or loads a batch holds the source or the lane; from here on nobody does. */
const lockSources = statement<{ id: number }>()((db, given) =>
  db.selectFrom('sources').select('id').where('account_id', '=', given('id')).orderBy('id').forUpdate(),
);
const lockLanes = statement<{ id: number }>()((db, given) =>
  db.selectFrom('lanes').select('id').where('account_id', '=', given('id')).orderBy('id').forUpdate(),
);

/** Their payloads, which may be many, are dropped in steps afterwards. */
const discardBatches = statement<{ id: number }>()((db, given) =>
  db
    .updateTable('batches')
    .set({ outcome: 'discarded', ended_at: 0 })
    .where('lane_id', 'in', (rows) =>
      rows.selectFrom('lanes').select('lanes.id').where('lanes.account_id', '=', given('id')),
    ),
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
  yield* all(lockSources, { id });
  yield* all(lockLanes, { id });
  yield* run(discardBatches, { id });
  for (const statement of [...ofDestinations, ...ofHooks, ofLanes, ...ofAccount])
    yield* run(statement, { id });
  yield* run(leaveTombstone, { id, now: context.now });
  context.notify('checks');
  return true;
}
