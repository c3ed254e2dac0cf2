/** Keyed, keyed with a subtable `items`, without keys, keyed with table versions. */
export type OracleTable = 'keyed' | 'nested' | 'appended' | 'versioned';

/** What a client outside the server has sent, and what it was answered. */
export interface SentBatch {
  readonly table: OracleTable;
  readonly answer: 'accepted' | 'unknown' | 'refused';
  readonly records: readonly SentRecord[];
  /** Of `versioned`: the version of its records. */
  readonly version?: number;
  /** The version is switched to after the records. */
  readonly activates?: boolean;
}

export interface SentRecord {
  readonly id: number;
  readonly value: string;
  readonly sequence: number;
  /** Of `nested`: its items. */
  readonly items?: readonly number[];
}

export interface Verdict {
  /** Accepted, and not there at its highest accepted sequence. */
  readonly lost: number;
  /** There, but never sent, or refused. */
  readonly invented: number;
  /** There at a lower sequence than was accepted, or with what belongs to another one. */
  readonly stale: number;
  /** There more often than it was sent. */
  readonly duplicate: number;
  /** Batches, and records with items, of which a part is there. */
  readonly halfLoaded: number;
}

export const flawless: Verdict = { lost: 0, invented: 0, stale: 0, duplicate: 0, halfLoaded: 0 };

export interface Standing {
  readonly id: number;
  readonly value: string;
  readonly sequence: number;
  readonly version: number;
}

/** What stands in a destination of any type. */
export interface OracleWarehouse {
  rows(schema: string, table: OracleTable): Promise<readonly Standing[]>;
  /** Those of `nested`, in their order within each record. */
  items(schema: string): Promise<readonly Item[]>;
}

/** Whatever runs SQL in a PostgreSQL. */
interface Readable {
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
}

const inPostgres = ({ query }: Readable): OracleWarehouse => ({
  rows: async (schema, table) =>
    (await query(
      `select id::int as id, value, _sdc_sequence::float as sequence, _sdc_table_version::int as version
       from "${schema}".${table}`,
    )) as unknown as Standing[],
  items: async (schema) =>
    (await query(
      `select _sdc_source_key_id::int as id, _sdc_value::int as n, _sdc_sequence::float as sequence
       from "${schema}".nested__items order by 1, _sdc_level_0_id`,
    )) as unknown as Item[],
});

/**
 * Holds the log of a client against the tables that it has sent to. A batch whose answer is unknown may have gone
 * either way, as a whole. Nothing may have been rejected.
 */
export async function judge(
  sent: readonly SentBatch[],
  schema: string,
  warehouse: Readable | OracleWarehouse,
): Promise<Verdict> {
  const { rows: rowsOf, items } = 'rows' in warehouse ? warehouse : inPostgres(warehouse);
  const verdicts: Partial<Verdict>[] = [];
  for (const table of new Set(sent.map((batch) => batch.table))) {
    const batches = sent.filter((batch) => batch.table === table);
    const rows = await rowsOf(schema, table);
    if (table === 'appended') verdicts.push(judgeAppended(batches, rows));
    else verdicts.push(judgeKeyed(batches, rows));
    if (table === 'nested') verdicts.push(judgeItems(batches, rows, await items(schema)));
  }
  const sum = (name: keyof Verdict) => verdicts.reduce((total, verdict) => total + (verdict[name] ?? 0), 0);
  return {
    lost: sum('lost'),
    invented: sum('invented'),
    stale: sum('stale'),
    duplicate: sum('duplicate'),
    halfLoaded: sum('halfLoaded'),
  };
}

/** Each record of a batch that was not refused, with the version of its batch. */
const possible = (batches: readonly SentBatch[]) =>
  batches.flatMap(({ answer, version = 0, records }) =>
    answer === 'refused' ? [] : records.map((record) => ({ ...record, version, answer })),
  );

const isOlder = (one: Standing, than: Standing): boolean =>
  one.version < than.version || (one.version === than.version && one.sequence < than.sequence);

function judgeKeyed(batches: readonly SentBatch[], standing: readonly Standing[]): Partial<Verdict> {
  const known = new Set<string>();
  const highest = new Map<number, Standing>();
  for (const record of possible(batches)) {
    known.add(textOf(record));
    const best = highest.get(record.id);
    if (record.answer === 'accepted' && (!best || isOlder(best, record))) highest.set(record.id, record);
  }
  const switched = (answers: readonly string[]) =>
    Math.max(
      0,
      ...batches
        .filter(({ activates, answer }) => activates && answers.includes(answer))
        .map(({ version = 0 }) => version),
    );
  const [active, perhapsActive] = [switched(['accepted']), switched(['accepted', 'unknown'])];
  const byId = new Map(standing.map((row) => [row.id, row]));
  const stale = standing.filter((row) => {
    const best = highest.get(row.id);
    return (
      (row.version ?? 0) < active ||
      (best !== undefined && isOlder({ ...row, version: row.version ?? 0 }, best))
    );
  });
  return {
    lost: [...highest].filter(([id, { version }]) => version >= perhapsActive && !byId.has(id)).length,
    stale: stale.length,
    invented: standing.filter((row) => !known.has(textOf(row))).length,
    duplicate: standing.length - byId.size,
  };
}

function judgeAppended(batches: readonly SentBatch[], standing: readonly Standing[]): Partial<Verdict> {
  const counts = new Map<string, number>();
  for (const row of standing) counts.set(textOf(row), (counts.get(textOf(row)) ?? 0) + 1);
  const known = new Set(possible(batches).map(textOf));
  let [lost, halfLoaded] = [0, 0];
  for (const { answer, records } of batches) {
    const missing = records.filter((record) => !counts.has(textOf(record))).length;
    if (answer === 'accepted') lost += missing;
    if (missing > 0 && missing < records.length) halfLoaded += 1;
  }
  return {
    lost,
    halfLoaded,
    invented: [...counts.keys()].filter((text) => !known.has(text)).length,
    duplicate: [...counts.values()].filter((count) => count > 1).length,
  };
}

export interface Item {
  readonly id: number;
  readonly n: number;
  readonly sequence: number;
}

/** Each row that stands has the items of its own record: all of them, once, and no others. */
function judgeItems(
  batches: readonly SentBatch[],
  standing: readonly Standing[],
  items: readonly Item[],
): Partial<Verdict> {
  const sent = new Map(possible(batches).map((record) => [textOf(record), record.items ?? []]));
  const rows = new Map(standing.map((row) => [row.id, row]));
  const byId = Map.groupBy(items, ({ id }) => id);
  const halves = standing.filter((row) => {
    const own = (byId.get(row.id) ?? []).filter(({ sequence }) => sequence === row.sequence);
    return JSON.stringify(own.map(({ n }) => n)) !== JSON.stringify(sent.get(textOf(row)));
  });
  return {
    stale: items.filter(({ id, sequence }) => rows.has(id) && rows.get(id)?.sequence !== sequence).length,
    invented: items.filter(({ id }) => !rows.has(id)).length,
    halfLoaded: halves.length,
  };
}

const textOf = ({ id, value, sequence }: Pick<Standing, 'id' | 'value' | 'sequence'>): string =>
  `${id} ${value} ${sequence}`;
