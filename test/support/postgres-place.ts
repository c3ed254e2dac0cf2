import { randomBytes } from 'node:crypto';
import pg from 'pg';
import {
  normalNumber,
  normalText,
  normalTime,
  type StandingRow,
} from '../destinations/contract/normal-form.ts';
import type { PlaceUnderTest } from '../destinations/contract/type-under-test.ts';
import type { TestDatabase } from './database.ts';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A schema of its own in a test's database, looked at over a connection of its own. */
export async function openPostgresPlace(db: TestDatabase): Promise<PlaceUnderTest> {
  const schema = `s_${randomBytes(4).toString('hex')}`;
  const client = new pg.Client({
    connectionString: db.url,
    types: { getTypeParser: () => (text: string) => text },
  });
  await client.connect();
  await client.query("set timezone = 'UTC'");
  const names = async (sql: string, values: unknown[] = []): Promise<string[]> =>
    (await client.query(sql, values)).rows.map(({ name }) => String(name));
  const at = (table: string): string => `${quoted(schema)}.${quoted(table)}`;
  const stands = async (table: string): Promise<boolean> =>
    (await names('select relname as name from pg_class where oid = to_regclass($1)', [at(table)])).length > 0;

  return {
    schema,
    port: db.port,
    secrets: ['password'],
    properties: (port = db.port) => ({
      host: db.host,
      port: String(port),
      username: db.user,
      password: db.password,
      database: db.database,
      ssl: 'false',
      encryption_type: 'none',
    }),
    objects: () =>
      names(
        `select nspname::text as name from pg_namespace where nspname !~ '^pg_'
         union all select relnamespace::regnamespace || '.' || relname from pg_class
         where relkind in ('r', 'v', 'p') and relnamespace::regnamespace::text !~ '^(pg_|information_schema)' order by 1`,
      ),
    tables: () =>
      names(
        `select relname as name from pg_class where relnamespace = to_regnamespace($1) and relkind = 'r'
           and relname !~ '^(_backstitch|_sdc_rejected)' order by 1`,
        [quoted(schema)],
      ),
    async rows(table) {
      if (!(await stands(table))) return [];
      const { rows, fields } = await client.query<(string | null)[]>({
        text: `select * from ${at(table)}`,
        rowMode: 'array',
      });
      return rows.map((row) => Object.fromEntries(row.map((text, index) => readValue(fields[index]!, text))));
    },
    async columns(table) {
      const { rows } = await client.query(
        `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
         where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
        [at(table)],
      );
      return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
    },
    async rejected() {
      if (!(await stands('_sdc_rejected'))) return [];
      const { rows } = await client.query(`select * from ${at('_sdc_rejected')} order by _sdc_position`);
      return rows.map((row) => ({
        table: row.table_name,
        reason: row.reason,
        record: row.record,
        loadId: row._sdc_load_id,
        position: Number(row._sdc_position),
        kind: row._sdc_kind,
      }));
    },
    owner: {
      dropTable: async (table) => void (await client.query(`drop table ${at(table)}`)),
      dropColumn: async (table, column) =>
        void (await client.query(`alter table ${at(table)} drop column ${quoted(column)}`)),
      addColumn: async (table, column) =>
        void (await client.query(`alter table ${at(table)} add column ${quoted(column)} text`)),
      fill: async (table, column, text) =>
        void (await client.query(`update ${at(table)} set ${quoted(column)} = ${literal(text)}`)),
      createTable: async (table) =>
        void (await client.query(
          `create schema if not exists ${quoted(schema)}; create table ${at(table)} (id bigint primary key)`,
        )),
      dropKey: async (table) =>
        void (await client.query(`alter table ${at(table)} drop constraint ${quoted(`${table}_pkey`)}`)),
    },
    async [Symbol.asyncDispose]() {
      await client.query(`drop schema if exists ${quoted(schema)} cascade`);
      await client.end();
    },
  };
}

const types = { boolean: 16, numbers: [20, 21, 23, 700, 701, 1700], times: [1114, 1184] };

function readValue({ name, dataTypeID }: pg.FieldDef, text: string | null): [string, StandingRow[string]] {
  if (text === null) return [name, null];
  if (dataTypeID === types.boolean) return [name, text === 't'];
  if (types.numbers.includes(dataTypeID)) return [name, normalNumber(text)];
  if (types.times.includes(dataTypeID)) return [name, normalTime(text)];
  return [name, normalText(text)];
}
