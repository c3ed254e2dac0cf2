import { Readable } from 'node:stream';
import type { ColumnType, Row } from '../../../shape/shape.ts';
import { LoadFailure } from '../../session.ts';
import type { StagedRows } from '../../sql/staged-rows.ts';
import { quoteLiteral, quoteQualified } from '../quote.ts';
import type { MysqlSession } from '../session.ts';
import type { ServerFacts } from '../version.ts';
import { columnTypes } from './alter-tables.ts';
import { loadStatement } from './load-statement.ts';
import { renderLines, textOf } from './text-lines.ts';

/** Tables of ours that rows wait in until they are merged. */
export interface Staging {
  /** Takes the rows of these tables away and sends them when there are enough. Memory stays bounded. */
  take(tables: Iterable<StagedRows>): Promise<void>;
  /** Sends what is left. */
  finish(): Promise<void>;
  /** Names of the staging tables, quoted; column `c3` holds the values of position 3. Null: no rows came. */
  relationOf(table: StagedRows): string | null;
  /** Makes a table of these ordinals, and says its name. */
  stageOrdinals(ordinals: readonly number[]): Promise<string>;
  /** Removes all of it; must not be called within a transaction. */
  drop(): Promise<void>;
}

/** The name of the column for this position in a staging table. */
export const stagedColumn = (position: number): string => `c${position}`;

/** Enough to be worth a statement of its own, little enough that the server works while the next rows are shaped. */
const sendCharacters = 1_000_000;
/** Of one INSERT, where LOAD DATA is forbidden; hex digits double the bytes. */
const insertBytes = 1_000_000;

interface OpenTable {
  readonly relation: string;
  types: readonly ColumnType[];
  pending: Row[];
  lines: string[];
  characters: number;
}

export interface StagingOptions {
  readonly session: MysqlSession;
  readonly server: Pick<ServerFacts, 'localInfile' | 'packetBytes'>;
  readonly schema: string;
  /** Begins the names of the tables. */
  readonly name: string;
  /** May make temporary tables. */
  readonly temporary: boolean;
  readonly signal: AbortSignal;
}

export function createStaging({ session, server, schema, name, temporary, signal }: StagingOptions): Staging {
  const opened = new Map<StagedRows, OpenTable>();
  const made: string[] = [];
  const kind = temporary ? 'temporary ' : '';
  let sending: Promise<void> = Promise.resolve();

  async function create(columns: readonly string[]): Promise<string> {
    const relation = quoteQualified(schema, `${name}_${made.length}`);
    await sending;
    // What a load that was cut off left, or the same load before.
    await session.run(`drop ${kind}table if exists ${relation}`, signal);
    await session.run(
      `create ${kind}table ${relation} (${columns.join(', ')}) engine = innodb default character set utf8mb4`,
      signal,
    );
    made.push(relation);
    return relation;
  }

  const definition = (type: ColumnType, position: number): string =>
    `${stagedColumn(position)} ${type === 'json' ? 'longtext' : columnTypes[type]}${type === 'text' || type === 'json' ? ' character set utf8mb4 collate utf8mb4_bin' : ''}`;

  async function open({ columns }: StagedRows): Promise<OpenTable> {
    const types = columns.map(({ type }) => type);
    const table: OpenTable = {
      relation: await create(types.map(definition)),
      types,
      pending: [],
      lines: [],
      characters: 0,
    };
    return table;
  }

  /** More columns came: rows before them are sent as they are, and have nulls there. */
  async function widen(table: OpenTable, { columns }: StagedRows): Promise<void> {
    await send(table);
    await sending;
    const types = columns.map(({ type }) => type);
    const added = types
      .slice(table.types.length)
      .map((type, index) => `add column ${definition(type, table.types.length + index)}`);
    table.types = types;
    await session.run(`alter table ${table.relation} ${added.join(', ')}`, signal);
  }

  async function send(table: OpenTable): Promise<void> {
    if (table.characters === 0) return;
    // What is sent now leaves while the next rows are shaped.
    await sending;
    const columns = table.types.map((_, position) => stagedColumn(position));
    const { lines, relation } = table;
    table.lines = [];
    table.characters = 0;
    sending = server.localInfile
      ? sendLines(relation, columns, lines)
      : sendStatements(relation, columns, lines);
    // Met by whoever waits for it next.
    sending.catch(() => {});
  }

  async function sendLines(relation: string, columns: readonly string[], lines: readonly string[]) {
    const bytes = Readable.from(lines.map((line) => Buffer.from(line)));
    const { warnings } = await session.loadLocal(loadStatement(relation, columns), bytes, signal);
    if (warnings > 0) throw await changedValue(session, signal);
  }

  async function sendStatements(relation: string, columns: readonly string[], rows: readonly string[]) {
    const begin = `insert into ${relation} (${columns.join(', ')}) values `;
    const most = Math.min(insertBytes, server.packetBytes / 2);
    let values: string[] = [];
    let size = 0;
    const flush = async () => {
      if (values.length > 0) await session.run(begin + values.join(', '), signal);
      values = [];
      size = 0;
    };
    for (const row of rows) {
      if (size + row.length > most) await flush();
      values.push(row);
      size += row.length;
    }
    await flush();
  }

  function append(table: OpenTable, rows: readonly Row[]): void {
    if (server.localInfile) {
      const lines = renderLines(rows, table.types);
      table.lines.push(lines);
      table.characters += lines.length;
      return;
    }
    for (const row of rows) {
      const values = renderValues(row, table.types);
      table.lines.push(values);
      table.characters += values.length;
    }
  }

  return {
    async take(tables) {
      for (const rows of tables) {
        if (rows.rows.length === 0) continue;
        let table = opened.get(rows);
        if (table === undefined) {
          table = await open(rows);
          opened.set(rows, table);
        }
        if (rows.columns.length > table.types.length) await widen(table, rows);
        append(table, rows.rows);
        rows.rows.length = 0;
        if (table.characters >= sendCharacters) await send(table);
      }
    },
    async finish() {
      for (const table of opened.values()) await send(table);
      await sending;
    },
    relationOf: (rows) => opened.get(rows)?.relation ?? null,
    async stageOrdinals(ordinals) {
      const relation = await create(['c0 bigint not null primary key']);
      const lines = ordinals.map((ordinal) => (server.localInfile ? `${ordinal}\n` : `(${ordinal})`));
      if (server.localInfile) await sendLines(relation, ['c0'], [lines.join('')]);
      else await sendStatements(relation, ['c0'], lines);
      return relation;
    },
    async drop() {
      for (const relation of made) await session.run(`drop ${kind}table if exists ${relation}`, signal);
    },
  };
}

/** `('1', null)`: a row of an INSERT. */
export const renderValues = (row: Row, types: readonly ColumnType[]): string =>
  `(${types
    .map((type, position) => {
      const text = textOf(row[position], type);
      return text === null ? 'null' : quoteLiteral(text);
    })
    .join(', ')})`;

/** LOAD DATA LOCAL only warns of values that it changes. */
async function changedValue(session: MysqlSession, signal: AbortSignal): Promise<LoadFailure> {
  const [warning] = await session.query('show warnings limit 1', signal);
  const said = Object.values(warning ?? {}).at(-1) ?? '';
  return new LoadFailure('passing', `The server would have changed a value: ${said}`, {
    remedy: 'The load is taken apart, and the record that is to blame is rejected.',
    code: '22000',
  });
}
