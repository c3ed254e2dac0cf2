import type { Selectable } from 'kysely';
import type { Check, CheckStep } from '../../model/check.ts';
import { all, run, type Work } from '../operation.ts';
import type { ChecksTable } from '../schema.ts';
import { statement } from '../statement.ts';
import type { DestinationRow } from './destination-row.ts';

export type CheckRow = Selectable<ChecksTable>;

/** How many checks of a destination are kept. */
const keptChecks = 200;

const insert = statement<CheckRow>()((db, given) =>
  db.insertInto('checks').values({
    name: given('name'),
    account_id: given('account_id'),
    destination_id: given('destination_id'),
    number: given('number'),
    revision: given('revision'),
    status: given('status'),
    origin: given('origin'),
    created_at: given('created_at'),
    started_at: given('started_at'),
    completed_at: given('completed_at'),
    steps: given('steps'),
    error: given('error'),
    superseded_by: given('superseded_by'),
    attempt: given('attempt'),
    fence: given('fence'),
    owner: given('owner'),
    lease_until: given('lease_until'),
  }),
);

const setCount = statement<{ id: number; count: number }>()((db, given) =>
  db
    .updateTable('destinations')
    .set({ check_count: given('count') })
    .where('id', '=', given('id')),
);

const setNewest = statement<{ id: number; name: string }>()((db, given) =>
  db
    .updateTable('destinations')
    .set({ check_job_name: given('name') })
    .where('id', '=', given('id')),
);

const prune = statement<{ id: number; upTo: number }>()((db, given) =>
  db
    .deleteFrom('checks')
    .where('destination_id', '=', given('id'))
    .where('number', '<=', given('upTo'))
    .where('status', 'not in', ['waiting', 'running']),
);

const openChecksOf = statement<{ id: number }>()((db, given) => {
  const open = (status: 'waiting' | 'running') =>
    db
      .selectFrom('checks')
      .selectAll()
      .where('destination_id', '=', given('id'))
      .where('status', '=', status);
  // Two branches, since each has a partial index of its own.
  return open('waiting').unionAll(open('running'));
});

type NewRow = Pick<CheckRow, 'name' | 'revision' | 'status' | 'origin' | 'created_at'> & Partial<CheckRow>;

/** Adds a check to a destination that is held, and drops checks that are too old. */
export function* addCheck(destination: DestinationRow, row: NewRow): Work<CheckRow> {
  const number = destination.check_count + 1;
  const added: CheckRow = {
    account_id: destination.account_id,
    destination_id: destination.id,
    number,
    started_at: null,
    completed_at: null,
    steps: '[]',
    error: null,
    superseded_by: null,
    attempt: 0,
    fence: 0,
    owner: null,
    lease_until: null,
    ...row,
  };
  yield* run(insert, added);
  yield* run(setCount, { id: destination.id, count: number });
  if (number > keptChecks) yield* run(prune, { id: destination.id, upTo: number - keptChecks });
  return added;
}

/** The check of that name is the newest one started for the destination. */
export function* nameNewestCheck(destination: DestinationRow, name: string): Work<void> {
  if (destination.check_job_name !== name) yield* run(setNewest, { id: destination.id, name });
}

/** The waiting and the running check of a destination, if there are any. */
export function* openChecks(id: number): Work<{ waiting?: CheckRow; running?: CheckRow }> {
  const rows = yield* all(openChecksOf, { id });
  const waiting = rows.find(({ status }) => status === 'waiting');
  const running = rows.find(({ status }) => status === 'running');
  return { ...(waiting && { waiting }), ...(running && { running }) };
}

export const toCheck = (row: CheckRow): Check => ({
  name: row.name,
  accountId: row.account_id,
  destinationId: row.destination_id,
  revision: row.revision,
  status: row.status,
  origin: row.origin,
  createdAt: row.created_at,
  startedAt: row.started_at,
  completedAt: row.completed_at,
  steps: JSON.parse(row.steps) as CheckStep[],
  error: row.error,
  supersededBy: row.superseded_by,
});
