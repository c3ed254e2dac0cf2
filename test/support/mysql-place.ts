import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import {
  normalJson,
  normalNumber,
  normalText,
  normalTime,
  type StandingRow,
} from '../destinations/contract/normal-form.ts';
import type { PlaceUnderTest } from '../destinations/contract/type-under-test.ts';
import type { TestMariadb } from './mariadb.ts';

type TextRow = Readonly<Record<string, string | null>>;

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** A database of its own in a test's server, looked at over a connection of its own. */
export async function openMysqlPlace(
  server: TestMariadb,
  user: { readonly username: string; readonly password: string },
): Promise<PlaceUnderTest> {
  const schema = `s_${randomBytes(4).toString('hex')}`;
  const client = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: 'root',
    charset: 'utf8mb4_bin',
    typeCast: (field) => field.string(),
  });
  const ask = async (sql: string, values: string[] = []): Promise<TextRow[]> =>
    (await client.query(sql, values))[0] as TextRow[];
  const at = (table: string): string => `${quoted(schema)}.${quoted(table)}`;
  const names = async (sql: string, values: string[] = []): Promise<string[]> =>
    (await ask(sql, values)).map(({ name }) => name ?? '').toSorted();

  async function columns(table: string): Promise<Record<string, string>> {
    const rows = await ask(
      `select column_name as name, column_type as type from information_schema.columns
       where table_schema = ? and table_name = ? order by ordinal_position`,
      [schema, table],
    );
    const json = await ask(
      `select constraint_name as name from information_schema.check_constraints
       where constraint_schema = ? and table_name = ? and left(check_clause, 10) = 'json_valid'`,
      [schema, table],
    );
    const isJson = new Set(json.map(({ name }) => name));
    return Object.fromEntries(
      rows.map(({ name, type }) => [
        name,
        isJson.has(name ?? '') ? 'json' : (type ?? '').replace(/^(bigint|int)\(\d+\)$/, '$1'),
      ]),
    );
  }

  return {
    schema,
    port: server.port,
    secrets: ['password'],
    properties: (port = server.port) => ({ host: server.host, port: String(port), ...user, ssl: 'false' }),
    objects: () =>
      names(
        `select schema_name as name from information_schema.schemata
         union all select concat(table_schema, '.', table_name) from information_schema.tables
         where table_schema not in ('mysql', 'sys', 'performance_schema', 'information_schema')`,
      ),
    tables: () =>
      names(
        `select table_name as name from information_schema.tables
         where table_schema = ? and table_name not regexp '^(_backstitch|_sdc_rejected)'`,
        [schema],
      ),
    async rows(table) {
      const types = await columns(table);
      if (Object.keys(types).length === 0) return [];
      const rows = await ask(`select * from ${at(table)}`);
      return rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, text]) => [
            name,
            text === null ? null : readValue(types[name]!, text),
          ]),
        ),
      );
    },
    columns,
    async rejected() {
      const stands = await ask(
        "select 1 from information_schema.tables where table_schema = ? and table_name = '_sdc_rejected'",
        [schema],
      );
      if (stands.length === 0) return [];
      const rows = await ask(`select * from ${at('_sdc_rejected')} order by _sdc_position`);
      return rows.map((row) => ({
        table: row.table_name ?? '',
        reason: row.reason ?? '',
        record: row.record ?? '',
        loadId: row._sdc_load_id ?? '',
        position: Number(row._sdc_position),
        kind: row._sdc_kind ?? '',
      }));
    },
    owner: {
      dropTable: async (table) => void (await ask(`drop table ${at(table)}`)),
      dropColumn: async (table, column) =>
        void (await ask(`alter table ${at(table)} drop column ${quoted(column)}`)),
      addColumn: async (table, column) =>
        void (await ask(
          `alter table ${at(table)} add column ${quoted(column)} longtext character set utf8mb4`,
        )),
      fill: async (table, column, text) =>
        void (await ask(`update ${at(table)} set ${quoted(column)} = ?`, [text])),
      async createTable(table) {
        await ask(`create database if not exists ${quoted(schema)}`);
        await ask(`create table ${at(table)} (id bigint primary key)`);
      },
      dropKey: async (table) => void (await ask(`alter table ${at(table)} drop primary key`)),
    },
    async [Symbol.asyncDispose]() {
      await ask(`drop database if exists ${quoted(schema)}`);
      await client.end();
    },
  };
}

function readValue(type: string, text: string): StandingRow[string] {
  if (type === 'tinyint(1)') return text === '1';
  if (type === 'json') return normalJson(text);
  if (/^(bigint|int|double|decimal)/.test(type)) return normalNumber(text);
  return /^datetime/.test(type) ? normalTime(text) : normalText(text);
}
