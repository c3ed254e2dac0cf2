import { randomBytes } from 'node:crypto';
import { StepFailure } from '../finding.ts';
import type { StepScope } from '../steps.ts';
import { postgresFinding } from './findings.ts';
import { inRolledBackTransaction } from './in-transaction.ts';
import type { Privileges } from './privileges.ts';
import { quoteIdentifier, quoteQualified } from './quote.ts';
import type { PostgresSession } from './session.ts';

const limits = { statement: 8_000, lock: 3_000, idle: 15_000 };

/**
 * The step `write`: does what a load does, on tables of its own: staging by COPY, a merge by INSERT … ON CONFLICT, a
 * column more, and reads it back. One transaction that is rolled back: nothing is left even if we are cut off.
 */
export async function checkWrite(
  session: PostgresSession,
  privileges: Privileges,
  { signal, passed }: StepScope,
): Promise<void> {
  const name = `_backstitch_check_${randomBytes(6).toString('hex')}`;
  const schema = privileges.createSchemas ? name : privileges.writableSchema;
  if (schema === null) throw new StepFailure(postgresFinding('statement_failed', { said: '' }));
  const table = quoteQualified(schema, name);
  const staging = privileges.temporary
    ? quoteQualified('pg_temp', `${name}_staging`)
    : quoteQualified(schema, `${name}_staging`);
  const run = (sql: string) => session.query(sql, [], signal);

  const written = await inRolledBackTransaction(session, limits, signal, async () => {
    if (privileges.createSchemas) await run(`create schema ${quoteIdentifier(schema)}`);
    await run(
      `create table ${table} (id bigint, note text, seen_at timestamp with time zone, _sdc_sequence bigint,
         primary key (id))`,
    );
    await run(`create ${privileges.temporary ? 'temporary' : 'unlogged'} table ${staging} (like ${table})`);
    for (const rows of [firstRows, laterRows]) {
      await run(`truncate ${staging}`);
      const copy = await session.copyIn(
        `copy ${staging} (id, note, seen_at, _sdc_sequence) from stdin`,
        signal,
      );
      await copy.write(Buffer.from(rows), signal);
      await copy.end(signal);
      await run(
        `insert into ${table} as kept (id, note, seen_at, _sdc_sequence)
           select id, note, seen_at, _sdc_sequence from ${staging}
         on conflict (id) do update
           set note = excluded.note, seen_at = excluded.seen_at, _sdc_sequence = excluded._sdc_sequence
           where coalesce(kept._sdc_sequence, ${lowest}) < excluded._sdc_sequence`,
      );
    }
    await run(`alter table ${table} add column later boolean`);
    return await session.query<{ id: string; note: string | null }>(
      `select id::text, note from ${table} where later is null order by id`,
      [],
      signal,
    );
  });
  if (JSON.stringify(written.map(({ id, note }) => [id, note])) !== JSON.stringify(expected))
    throw new StepFailure(postgresFinding('rows_not_as_written', {}));
  passed('Loaded rows into a table of its own, read them back, and rolled everything back.');
}

const lowest = "'-9223372036854775808'::bigint";
const firstRows = '1\tfirst\t2018-02-06 15:36:36Z\t10\n2\tkept\t\\N\t20\n3\t\\N\t\\N\t30\n';
/** A newer version of one row, and an older one of another, which changes nothing. */
const laterRows = '1\tnewer\t2018-02-06 18:55:43Z\t11\n2\tolder\t\\N\t19\n';
const expected = [
  ['1', 'newer'],
  ['2', 'kept'],
  ['3', null],
];
