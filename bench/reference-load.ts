import pg from 'pg';
import { openCopyIn } from '../src/destinations/postgres/copy-in.ts';
import type { TestPostgres } from '../test/support/embedded-postgres.ts';

/** What a person with psql would do: rows as text, one table each, denested already, with the system columns. */
export interface ReferenceTable {
  /** `name type` pairs, separated by commas. */
  readonly columns: string;
  /** Empty for a subtable: its rows of the keys that come are deleted, then inserted. */
  readonly key: readonly string[];
  /** Rows in COPY's text format. */
  readonly copy: readonly Buffer[];
}

export const systemTimes = '2026-11-20 12:30:45.123456Z';

export const systemColumns = `_sdc_sequence bigint, _sdc_table_version bigint, _sdc_received_at timestamptz,
  _sdc_batched_at timestamptz, _sdc_extracted_at timestamptz, _sdc_deleted_at timestamptz`;

/** The line of a row of a top level, with its system columns. */
export const copyLine = (values: readonly unknown[], sequence: number | bigint): string =>
  `${values.map(copyValue).join('\t')}\t${sequence}\t\\N\t${systemTimes}\t${systemTimes}\t${systemTimes}\t\\N\n`;

export const copyValue = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 't' : 'f') : String(value);

/** Loads a table and its subtable: COPY into a temporary table, then upsert; for the subtable delete and insert. */
export async function loadReference(
  server: TestPostgres,
  name: string,
  root: ReferenceTable,
  subtable?: ReferenceTable,
): Promise<void> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  const key = root.key.join(', ');
  await stage(client, name, root, `, primary key (${key})`);
  const others = namesOf(root).filter((column) => !root.key.includes(column));
  await client.query(
    `insert into ${name} as kept select * from ${name}_staging on conflict (${key}) do update
     set ${others.map((column) => `${column} = excluded.${column}`).join(', ')}
     where coalesce(kept._sdc_sequence, -9223372036854775808) < excluded._sdc_sequence`,
  );
  if (subtable) {
    const child = `${name}_items`;
    await stage(client, child, subtable, '');
    await client.query(
      `delete from ${child} as old using ${name}_staging s where old._sdc_source_key_id = s.id`,
    );
    await client.query(`insert into ${child} select * from ${child}_staging`);
  }
  await client.end();
}

async function stage(
  client: pg.Client,
  name: string,
  table: ReferenceTable,
  constraint: string,
): Promise<void> {
  await client.query(`create table if not exists ${name} (${table.columns}${constraint})`);
  await client.query(`create temporary table ${name}_staging (like ${name})`);
  const copying = await openCopyIn(client, `copy ${name}_staging from stdin`);
  for (const chunk of table.copy) await copying.write(chunk);
  await copying.end();
}

const namesOf = ({ columns }: ReferenceTable): string[] =>
  columns.split(',').map((column) => column.trim().split(' ')[0]!);
