import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { StepFailure } from '../finding.ts';
import type { StepScope } from '../steps.ts';
import { mysqlFinding } from './findings.ts';
import { loadStatement } from './load/load-statement.ts';
import type { Privileges } from './privileges.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from './quote.ts';
import { isServerError } from './server-words.ts';
import type { MysqlSession } from './session.ts';
import type { ServerFacts } from './version.ts';

/** What begins the name of everything a check makes, before the second in which it was made. */
const prefix = '_backstitch_check_';
/** What a check made that was cut off is removed by a later one, when nobody can be using it any more. */
const abandonedSeconds = 600;

/**
 * The step `write`: does what a load does, on a table of its own: rows by LOAD DATA, a merge by INSERT … ON DUPLICATE
 * KEY UPDATE, a column more, and reads it back. DDL commits by itself here, so everything has a name that tells what it
 * is and when it was made, and is dropped in the end; what a check that was cut off left is dropped by the next.
 */
export async function checkWrite(
  session: MysqlSession,
  server: ServerFacts,
  privileges: Privileges,
  { signal, passed }: StepScope,
): Promise<void> {
  const now = await secondsOf(session, signal);
  const name = `${prefix}${now}_${randomBytes(6).toString('hex')}`;
  const schema = privileges.schema ?? name;
  await removeAbandoned(session, privileges.schema, now, signal);

  const isMade = await makeSchema(session, schema, signal);
  const drop = isMade
    ? `drop database ${quoteIdentifier(schema)}`
    : `drop table if exists ${quoteQualified(schema, name)}`;
  let rows: (readonly (string | null)[])[];
  try {
    rows = await tryRows(session, { server, privileges, schema, name, signal });
  } catch (error) {
    await session.run(drop, signal).catch(() => {});
    throw error;
  }
  await session.run(drop, signal).catch((error) => {
    throw new StepFailure(
      mysqlFinding('leftovers_not_removed', { made: schema, statement: drop, said: '' }),
      error,
    );
  });
  if (JSON.stringify(rows) !== JSON.stringify(expected))
    throw new StepFailure(mysqlFinding('rows_not_as_written', {}));
  passed('Loaded rows into a table of its own, read them back, and dropped the table.');
}

const columns = ['id', 'note', 'seen_at', '_sdc_sequence'];
const firstRows = [
  ['a', 'first', '2018-02-06 15:36:36.123456', '10'],
  ['A', 'kept', null, '20'],
  ['a ', null, null, '30'],
] as const;
/** A newer version of one row, and an older one of another, which changes nothing. */
const laterRows = [
  ['a', 'newer', '2018-02-06 18:55:43.000000', '11'],
  ['A', 'older', null, '19'],
] as const;
const expected = [
  ['A', 'kept'],
  ['a', 'newer'],
  ['a ', null],
];

interface Trial {
  readonly server: ServerFacts;
  readonly privileges: Privileges;
  readonly schema: string;
  readonly name: string;
  readonly signal: AbortSignal;
}

async function tryRows(
  session: MysqlSession,
  { server, privileges, schema, name, signal }: Trial,
): Promise<(readonly (string | null)[])[]> {
  const table = quoteQualified(schema, name);
  const staging = quoteQualified(schema, `${name}_s`);
  const run = (sql: string) => session.run(sql, signal);
  const columnList = columns.map(quoteIdentifier).join(', ');
  const key = `id varchar(255) character set utf8mb4 collate ${server.keyCollation} not null`;
  const rest = 'note longtext character set utf8mb4, seen_at datetime(6), _sdc_sequence bigint';
  await run(`create table ${table} (${key}, ${rest}, primary key (id)) engine = innodb`);
  const temporary = privileges.temporary ? 'temporary' : '';
  await run(`create ${temporary} table ${staging} (${key}, ${rest}) engine = innodb`);
  try {
    for (const rows of [firstRows, laterRows]) {
      await run(`delete from ${staging}`);
      if (server.localInfile) {
        const lines = rows.map((row) => `${row.map((value) => value ?? '\\N').join('\t')}\n`).join('');
        await session.loadLocal(loadStatement(staging, columns), Readable.from([Buffer.from(lines)]), signal);
      } else {
        const values = rows.map((row) => `(${row.map(literalOf).join(', ')})`);
        await run(`insert into ${staging} (${columnList}) values ${values.join(', ')}`);
      }
      await run(
        `insert into ${table} (${columnList}) select ${columnList} from ${staging}
         on duplicate key update
           note = if(values(_sdc_sequence) > ${table}._sdc_sequence, values(note), ${table}.note),
           seen_at = if(values(_sdc_sequence) > ${table}._sdc_sequence, values(seen_at), ${table}.seen_at),
           _sdc_sequence = greatest(values(_sdc_sequence), ${table}._sdc_sequence)`,
      );
    }
    await run(`alter table ${table} add column later tinyint(1)`);
  } finally {
    if (!privileges.temporary) await run(`drop table if exists ${staging}`).catch(() => {});
  }
  const rows = await session.query(`select id, note from ${table} where later is null order by id`, signal);
  return rows.map(({ id = null, note = null }) => [id, note]);
}

const literalOf = (value: string | null): string => (value === null ? 'null' : quoteLiteral(value));

async function secondsOf(session: MysqlSession, signal: AbortSignal): Promise<number> {
  const [row] = await session.query('select unix_timestamp() as now', signal);
  return Math.trunc(Number(row?.now ?? 0));
}

/** True when it was made just now. */
async function makeSchema(session: MysqlSession, schema: string, signal: AbortSignal): Promise<boolean> {
  try {
    await session.run(`create database ${quoteIdentifier(schema)} character set utf8mb4`, signal);
    return true;
  } catch (error) {
    if (isServerError(error) && error.errno === databaseExists) return false;
    throw error;
  }
}

const databaseExists = 1007;

/** What cannot be removed is somebody else's, and stays. */
async function removeAbandoned(
  session: MysqlSession,
  schema: string | null,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const isOurs = (column: string): string => `left(${column}, ${prefix.length}) = ${quoteLiteral(prefix)}`;
  const rows = await session.query(
    schema === null
      ? `select schema_name as name from information_schema.schemata where ${isOurs('schema_name')} limit 20`
      : `select table_name as name from information_schema.tables
         where table_schema = ${quoteLiteral(schema)} and ${isOurs('table_name')} limit 20`,
    signal,
  );
  for (const { name } of rows) {
    const made = Number(/^_backstitch_check_(\d{1,12})_[0-9a-f]{12}(_s)?$/.exec(name ?? '')?.[1] ?? now);
    if (!name || now - made < abandonedSeconds) continue;
    const what =
      schema === null ? `database ${quoteIdentifier(name)}` : `table ${quoteQualified(schema, name)}`;
    await session.run(`drop ${what}`, signal).catch(() => {});
  }
}
