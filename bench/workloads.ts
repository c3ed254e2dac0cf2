import { flatSchema } from './flat-records.ts';
import { nestedRecords, nestedSchema } from './nested-records.ts';
import { copyLine, copyValue, type ReferenceTable, systemColumns } from './reference-load.ts';

/** Records in the three forms that are compared: as senders send them, and as a person with psql would have them. */
export interface Workload {
  readonly rows: number;
  readonly schema: object;
  /** The sequence of its first record; the others follow. */
  readonly first: number | bigint;
  /** Keys of the last records of the last batches: when these stand there, the rest is not far. */
  readonly lastKeys: readonly number[];
  /** The `messages` of a batch each, as JSON. */
  readonly texts: readonly string[];
  readonly reference: ReferenceTable;
  readonly subtable?: ReferenceTable;
}

export const batchRows = 1_000;

/** Real senders count in nanoseconds: 19 digits. */
export const nanoseconds = 1_795_414_180_789_266_000n;

/** W1, and W2 when the records are those of W1 and others, in another order. */
export function flatWorkload(records: readonly object[], first: number | bigint): Workload {
  const columns = `id bigint, first_name text, city text, comment text, price double precision,
    weight double precision, is_active boolean, is_paid boolean, created_at timestamptz, updated_at timestamptz,
    ${systemColumns}`;
  return {
    rows: records.length,
    schema: flatSchema,
    first,
    lastKeys: lastKeysOf(records),
    texts: textsOf(records, first),
    reference: {
      columns,
      key: ['id'],
      copy: inBatches(records, (record, index) => copyLine(Object.values(record), plus(first, index))),
    },
  };
}

/** W3: 40 columns, a three-level object, an array of objects. */
export function nestedWorkload(count: number, first: number | bigint): Workload {
  const records = nestedRecords(count, 0);
  const { items: _, ...leaves } = flattened(records[0]!);
  const columns = Object.entries(leaves).map(([name, value]) => `${name} ${typeOf(name, value)}`);
  return {
    rows: count,
    schema: nestedSchema,
    first,
    lastKeys: lastKeysOf(records),
    texts: textsOf(records, first),
    reference: {
      columns: `${columns.join(', ')}, ${systemColumns}`,
      key: ['id'],
      copy: inBatches(records, (record, index) => {
        const { items: __, ...values } = flattened(record);
        return copyLine(Object.values(values), plus(first, index));
      }),
    },
    subtable: {
      columns: `_sdc_source_key_id bigint, _sdc_level_0_id bigint, _sdc_sequence bigint, product text, quantity bigint,
        price double precision`,
      key: [],
      copy: inBatches(records, (record, index) => {
        const { id, items } = record as { id: number; items: readonly object[] };
        return items
          .map((item, level) =>
            [id, level, plus(first, index), ...Object.values(item)].map(copyValue).join('\t').concat('\n'),
          )
          .join('');
      }),
    },
  };
}

/** A body of `POST /v2/import/batch`. */
export const bodyOf = (table: string, { schema }: Pick<Workload, 'schema'>, messages: string): Buffer =>
  Buffer.from(
    `{"table_name":${JSON.stringify(table)},"schema":${JSON.stringify(schema)},"key_names":["id"],"messages":${messages}}`,
  );

/** The same records in another order, the same each time. */
export function shuffled<T>(list: readonly T[]): T[] {
  const copy = [...list];
  let state = 42;
  for (let index = copy.length - 1; index > 0; index -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = state % (index + 1);
    [copy[index], copy[other]] = [copy[other]!, copy[index]!];
  }
  return copy;
}

const textsOf = (records: readonly object[], first: number | bigint): string[] =>
  batchesOf(records).map(
    ({ part, from }) =>
      `[${part
        .map(
          (data, index) =>
            `{"action":"upsert","sequence":${plus(first, from + index)},"time_extracted":"2026-11-20T12:30:45.123456Z","data":${JSON.stringify(data)}}`,
        )
        .join(',')}]`,
  );

const lastKeysOf = (records: readonly object[]): number[] =>
  batchesOf(records)
    .slice(-16)
    .map(({ part }) => (part.at(-1) as { id: number }).id);

const inBatches = (records: readonly object[], line: (record: object, index: number) => string): Buffer[] =>
  batchesOf(records).map(({ part, from }) =>
    Buffer.from(part.map((record, index) => line(record, from + index)).join('')),
  );

const batchesOf = (records: readonly object[]) =>
  Array.from({ length: Math.ceil(records.length / batchRows) }, (_, at) => ({
    from: at * batchRows,
    part: records.slice(at * batchRows, (at + 1) * batchRows),
  }));

const plus = (first: number | bigint, index: number): number | bigint =>
  typeof first === 'bigint' ? first + BigInt(index) : first + index;

function flattened(record: object, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) =>
      typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(flattened(value, `${prefix}${name}__`))
        : [[prefix + name, value]],
    ),
  );
}

function typeOf(name: string, value: unknown): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return name.endsWith('_at') ? 'timestamptz' : 'text';
  return /price|weight|itude/.test(name) ? 'double precision' : 'bigint';
}
