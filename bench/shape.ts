import { parseArgs } from 'node:util';
import { ExactNumber } from '../src/lib/exact-number.ts';
import { dedupeRows } from '../src/shape/dedupe.ts';
import { openShaper } from '../src/shape/open-shaper.ts';
import { planChanges } from '../src/shape/plan-changes.ts';
import { compileSchema } from '../src/shape/schema-place.ts';
import { postgresRules } from '../test/support/sample-dialects.ts';
import { flatRecords, flatSchema } from './flat-records.ts';
import { median } from './load.ts';
import { nestedRecords, nestedSchema } from './nested-records.ts';

/**
 * What shaping costs beside JSON.parse of the same records: W1 (flat) and W3 (nested, with a subtable) in batches of
 * 1,000. Interleaved rounds, the median of the ratios.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, batches: { type: 'string', default: '50' } },
});
const rounds = Number(values.rounds);
const batches = Number(values.batches);

interface Workload {
  readonly name: string;
  readonly schema: object;
  readonly texts: readonly string[];
}

const catalog = { tables: new Map() };
const sequences = Array.from(
  { length: 1000 },
  (_, index) => new ExactNumber(`${1795414180789266000n + BigInt(index)}`),
);

/** Milliseconds that one pass over all batches spends parsing and shaping. */
function onePass({ schema, texts }: Workload): { parse: number; shape: number; rows: number } {
  const shaper = openShaper({
    dialect: postgresRules,
    catalog,
    tableName: 'bench',
    keyNames: ['id'],
    batchedAt: 0,
  });
  const place = compileSchema(schema);
  const spent = { parse: 0, shape: 0, rows: 0 };
  for (const [number, text] of texts.entries()) {
    const parsed = timed(() => JSON.parse(text) as object[]);
    const shaped = timed(() => {
      const add = shaper.openBatch({ id: String(number), receivedAt: 0, tableVersion: null }, place);
      for (let position = 0; position < parsed.result.length; position += 1)
        add({
          data: parsed.result[position]!,
          sequence: sequences[position],
          extractedAt: '2026-11-20T12:30:45.123456Z',
          position,
        });
    });
    spent.parse += parsed.milliseconds;
    spent.shape += shaped.milliseconds;
    for (const table of shaper.tables) spent.rows += table.rows.splice(0).length;
  }
  if (shaper.reports.length > 0) throw new Error(shaper.reports[0]!.reason);
  return spent;
}

function timed<Result>(work: () => Result): { readonly milliseconds: number; readonly result: Result } {
  const from = process.hrtime.bigint();
  const result = work();
  return { milliseconds: Number(process.hrtime.bigint() - from) / 1e6, result };
}

function measure(workload: Workload): void {
  for (let round = 0; round < 3; round += 1) onePass(workload);
  const passes = Array.from({ length: rounds }, () => onePass(workload));
  const perSecond = (milliseconds: number) => ((batches * 1000) / (milliseconds / 1000)).toFixed(0);
  report(`${workload.name}: JSON.parse`, `${perSecond(median(passes.map(({ parse }) => parse)))} records/s`);
  report(`${workload.name}: shape`, `${perSecond(median(passes.map(({ shape }) => shape)))} records/s`);
  report(
    `${workload.name}: shape / JSON.parse`,
    median(passes.map(({ parse, shape }) => shape / parse)).toFixed(2),
  );
}

function measureSmall(workload: Workload): void {
  const [record] = JSON.parse(workload.texts[0]!) as object[];
  const place = compileSchema(workload.schema);
  const count = 5000;
  const { milliseconds } = timed(() => {
    for (let number = 0; number < count; number += 1) {
      const shaper = openShaper({
        dialect: postgresRules,
        catalog,
        tableName: 'b',
        keyNames: ['id'],
        batchedAt: 0,
      });
      shaper.openBatch(
        { id: '1', receivedAt: 0, tableVersion: null },
        place,
      )({
        data: record!,
        sequence: sequences[0],
        position: 0,
      });
      planChanges({ catalog, tables: shaper.tables, accepted: shaper.accepted, dialect: postgresRules });
    }
  });
  report(
    `${workload.name}: chunk of one record, planned`,
    `${((milliseconds * 1000) / count).toFixed(0)} µs`,
  );
}

function measureDedupe(workload: Workload): void {
  const shaper = openShaper({
    dialect: postgresRules,
    catalog,
    tableName: 'b',
    keyNames: ['id'],
    batchedAt: 0,
  });
  const place = compileSchema(workload.schema);
  for (const text of workload.texts) {
    const add = shaper.openBatch({ id: '1', receivedAt: 0, tableVersion: null }, place);
    for (const [position, data] of (JSON.parse(text) as object[]).entries())
      add({ data, sequence: sequences[position], position });
  }
  const { milliseconds, result } = timed(() => dedupeRows(shaper.tables[0]!));
  report(
    `${workload.name}: dedupe`,
    `${((result.rows.length + result.droppedAsOlder) / (milliseconds / 1000)).toFixed(0)} rows/s`,
  );
}

const report = (what: string, figure: string): void => console.log(`${what.padEnd(44)} ${figure}`);

const batched = (records: (count: number, from: number) => object[]) =>
  Array.from({ length: batches }, (_, batch) => JSON.stringify(records(1000, batch * 1000)));

const flat = { name: 'W1, 10 flat columns', schema: flatSchema, texts: batched(flatRecords) };
const nested = { name: 'W3, 40 columns and a subtable', schema: nestedSchema, texts: batched(nestedRecords) };
for (const workload of [flat, nested]) {
  measure(workload);
  measureSmall(workload);
  measureDedupe(workload);
}
