import type { ColumnType } from '../../../shape/shape.ts';
import type { StagedRows } from '../../sql/staged-rows.ts';
import {
  type BinaryRows,
  binaryHeader,
  binaryTrailer,
  createBinaryRows,
  stagedTypes,
} from '../binary-rows.ts';
import { quoteQualified } from '../quote.ts';
import type { PostgresSession, SessionCopy } from '../session.ts';

/** Tables of ours that rows wait in until they are merged. They live as long as the transaction they are made in. */
export interface Staging {
  /** Takes the rows of these tables away and sends them when there are enough. Memory stays bounded. */
  take(tables: Iterable<StagedRows>): Promise<void>;
  /** Sends what is left. */
  finish(): Promise<void>;
  /** Names of the staging tables, quoted; column `c3` holds the values of position 3. Null: no rows came. */
  relationOf(table: StagedRows): string | null;
  /** Rows that were taken of this table. */
  countOf(table: StagedRows): number;
  /** Makes an empty table for the ordinals of rows that win, and says its name. */
  openWinners(): Promise<string>;
  /** All tables that do not go with the transaction. */
  readonly leftovers: readonly string[];
}

/** The name of the column for this position in a staging table. */
export const stagedColumn = (position: number): string => `c${position}`;

/** Enough to be worth a COPY of its own. */
const sendBytes = 1_048_576;

interface OpenTable {
  readonly relation: string;
  readonly encoder: BinaryRows;
  types: readonly ColumnType[];
  count: number;
}

/**
 * @param schema null: temporary tables. Else unlogged tables there, for users who may not make temporary ones.
 * @param name begins the names of the tables.
 */
export function createStaging(options: {
  readonly session: PostgresSession;
  readonly schema: string | null;
  readonly name: string;
  readonly signal: AbortSignal;
}): Staging {
  const { session, schema, name, signal } = options;
  const opened = new Map<StagedRows, OpenTable>();
  const made: string[] = [];
  let copying: { readonly table: OpenTable; readonly copy: SessionCopy } | null = null;
  let sending: Promise<void> = Promise.resolve();

  async function open(rows: StagedRows): Promise<OpenTable> {
    await endCopy();
    const table: OpenTable = {
      relation: quoteQualified(schema ?? 'pg_temp', `${name}_${made.length}`),
      encoder: createBinaryRows(),
      types: rows.columns.map(({ type }) => type),
      count: 0,
    };
    opened.set(rows, table);
    await create(
      table.relation,
      table.types.map((type, position) => `${stagedColumn(position)} ${stagedTypes[type]}`),
    );
    return table;
  }

  async function create(relation: string, columns: readonly string[]): Promise<void> {
    const [before, after] = schema === null ? ['temporary', 'on commit drop'] : ['unlogged', ''];
    await session.query(`create ${before} table ${relation} (${columns.join(', ')}) ${after}`, [], signal);
    made.push(relation);
  }

  /** More columns came: rows before them are sent as they are, and have nulls there. */
  async function widen(table: OpenTable, { columns }: StagedRows): Promise<void> {
    await send(table, true);
    await endCopy();
    const added = columns
      .slice(table.types.length)
      .map(({ type }, index) => `add ${stagedColumn(table.types.length + index)} ${stagedTypes[type]}`);
    table.types = columns.map(({ type }) => type);
    await session.query(`alter table ${table.relation} ${added.join(', ')}`, [], signal);
  }

  async function send(table: OpenTable, all: boolean): Promise<void> {
    if (table.encoder.bytes === 0) return;
    if (copying?.table !== table) {
      await endCopy();
      const columns = table.types.map((_, position) => stagedColumn(position)).join(', ');
      const sql = `copy ${table.relation} (${columns}) from stdin (format binary)`;
      copying = { table, copy: await session.copyIn(sql, signal) };
      await copying.copy.write(binaryHeader, signal);
    }
    const { copy } = copying;
    // The buffers before these leave while these are filled.
    await sending;
    sending = sendAll(copy, table.encoder, all);
    // Met by whoever waits for it next.
    sending.catch(() => {});
  }

  async function sendAll(copy: SessionCopy, encoder: BinaryRows, all: boolean): Promise<void> {
    for (const buffer of encoder.take(all)) {
      await copy.write(buffer, signal);
      encoder.recycle(buffer);
    }
  }

  async function endCopy(): Promise<void> {
    if (copying === null) return;
    const { table, copy } = copying;
    await send(table, true);
    await sending;
    copying = null;
    await copy.write(binaryTrailer, signal);
    await copy.end(signal);
  }

  return {
    async take(tables) {
      for (const rows of tables) {
        if (rows.rows.length === 0) continue;
        const table = opened.get(rows) ?? (await open(rows));
        if (rows.columns.length > table.types.length) await widen(table, rows);
        table.count += rows.rows.length;
        table.encoder.append(rows.rows, table.types);
        rows.rows.length = 0;
        if (table.encoder.bytes >= sendBytes) await send(table, false);
      }
    },
    async finish() {
      for (const table of opened.values()) await send(table, true);
      await endCopy();
    },
    relationOf: (rows) => opened.get(rows)?.relation ?? null,
    async openWinners() {
      const relation = quoteQualified(schema ?? 'pg_temp', `${name}_winners`);
      await create(relation, [`${stagedColumn(0)} bigint`]);
      return relation;
    },
    countOf: (rows) => opened.get(rows)?.count ?? 0,
    get leftovers() {
      return schema === null ? [] : made;
    },
  };
}
