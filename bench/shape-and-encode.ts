import { parseArgs } from 'node:util';
import { createBinaryRows } from '../src/destinations/postgres/binary-rows.ts';
import { postgresDialect } from '../src/destinations/postgres/dialect.ts';
import { rowTooBig } from '../src/destinations/postgres/load/row-size.ts';
import { shapeLoad } from '../src/destinations/sql/shape-load.ts';
import { createBodyOpener } from '../src/intake/stored-body.ts';
import type { ShapedTable } from '../src/shape/shape.ts';
import { flatRecords } from './flat-records.ts';
import { median } from './load.ts';
import { bodyOf, flatWorkload, nanoseconds, nestedWorkload, type Workload } from './workloads.ts';

/**
 * Processor time of what a thread that loads does with each record, without any server: parse a stored body, shape,
 * encode. Counted in processor time, so that what else the machine does matters little.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '100000' },
    only: { type: 'string', default: 'W1,W3' },
  },
});
const rows = Number(options.rows);

async function onePass(bodies: readonly Buffer[]): Promise<number> {
  const openBody = createBodyOpener();
  let tables: readonly ShapedTable[] = [];
  const encoders = new Map<ShapedTable, ReturnType<typeof createBinaryRows>>();
  let shaped = 0;
  await shapeLoad({
    plan: { loadId: 'bench', lane: { schema: 'bench', table: 'bench' }, fence: 1, batchedAt: 0 },
    batches: (async function* () {
      for (const [id, bytes] of bodies.entries())
        yield openBody({
          id: String(id),
          format: 'batch',
          accountId: 1,
          isValid: true,
          receivedAt: 0,
          bytes,
        });
    })(),
    dialect: postgresDialect,
    catalog: { tables: new Map() },
    activeVersion: null,
    opened: (shaper) => {
      tables = shaper.tables;
    },
    async takeRows() {
      for (const table of tables) {
        const encoder = encoders.get(table) ?? createBinaryRows();
        encoders.set(table, encoder);
        shaped += table.rows.length;
        encoder.append(
          table.rows,
          table.columns.map(({ type }) => type),
        );
        table.rows.length = 0;
        for (const buffer of encoder.take(false)) encoder.recycle(buffer);
      }
    },
    takeRejected: ({ reason }) => {
      throw new Error(reason);
    },
    rowProblem: rowTooBig,
  });
  return shaped;
}

const workloads: readonly { readonly name: string; readonly make: () => Workload }[] = [
  { name: 'W1', make: () => flatWorkload(flatRecords(rows, 0), nanoseconds) },
  { name: 'W3', make: () => nestedWorkload(rows / 5, nanoseconds) },
];

for (const { name, make } of workloads.filter((each) => options.only.split(',').includes(each.name))) {
  const workload = make();
  const bodies = workload.texts.map((text) => bodyOf('bench', workload, text));
  const times: number[] = [];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const before = process.cpuUsage();
    await onePass(bodies);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / workload.rows);
  }
  const bytes = bodies.reduce((sum, { length }) => sum + length, 0) / workload.rows;
  console.log(
    `${name}: ${median(times).toFixed(2)} µs of processor time a record of ${bytes.toFixed(0)} bytes (first pass ${times[0]!.toFixed(2)})`,
  );
}
