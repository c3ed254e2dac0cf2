import { sql } from 'kysely';
import { first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

type Counted = 'accounts' | 'tokens' | 'destinations' | 'sources';

/**
 * The id a new row gets: the one that was asked for, or the next free one. Null lets the engine count by itself, as
 * SQLite does. An id that was asked for moves PostgreSQL's sequence behind it, at once and whatever becomes of the
 * transaction, so that nobody else is given the same.
 */
export function* allotId(table: Counted, wanted: number | null): Work<number | null> {
  if (wanted === null) return (yield* first(next[table], {}))?.id ?? null;
  yield* first(reserve[table], { id: wanted });
  return wanted;
}

/** Whether a row has this id, a deleted one included. */
export function* isIdTaken({ table, id }: { table: 'destinations' | 'sources'; id: number }): Work<boolean> {
  return (yield* first(taken[table], { id })) !== undefined;
}

const taken = { destinations: takenIn('destinations'), sources: takenIn('sources') };

function takenIn(table: 'destinations' | 'sources') {
  return statement<{ id: number }>()((db, given) =>
    db.selectFrom(table).select('id').where('id', '=', given('id')),
  );
}

const next = {
  accounts: nextOf('accounts'),
  tokens: nextOf('tokens'),
  destinations: nextOf('destinations'),
  sources: nextOf('sources'),
};
const reserve = {
  accounts: reserveIn('accounts'),
  tokens: reserveIn('tokens'),
  destinations: reserveIn('destinations'),
  sources: reserveIn('sources'),
};

function nextOf(table: Counted) {
  return statement()((db, _given, { engine }) =>
    (engine === 'postgres'
      ? sql<{ id: number | null }>`select nextval(${sql.lit(`${table}_id_seq`)}) as id`
      : sql<{ id: number | null }>`select null as id`
    ).compile(db),
  );
}

function reserveIn(table: Counted) {
  const sequence = `${table}_id_seq`;
  return statement<{ id: number }>()((db, given, { engine }) =>
    (engine === 'postgres'
      ? sql`select setval(${sql.lit(sequence)}, greatest(${given('id')}::bigint, (select last_value from ${sql.table(sequence)})))`
      : sql`select ${given('id')}`
    ).compile(db),
  );
}
