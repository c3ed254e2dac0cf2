import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactNumber } from '../../src/lib/exact-number.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openTestSession, randomId, type SentBatch, type SentRecord } from '../support/load-session.ts';

const leaf = fc.oneof(
  fc.constantFrom<unknown>(1, 2.5, true, 'x', '2024-01-01T00:00:00Z', null, new ExactNumber('1e400')),
  fc.constantFrom<unknown>(
    new ExactNumber('9007199254740993'),
    new ExactNumber('0.12345678901234567891'),
    'not for PostgreSQL: \0',
  ),
);
const list = fc.array(leaf, { maxLength: 2 });
const element = fc.record({ p: leaf, q: fc.oneof(leaf, list), r: fc.constant({}) }, { requiredKeys: [] });
/** Its list has another name: two ways to one table collide, and the first would own it. */
const object = fc.record({ p: leaf, s: fc.oneof(leaf, list) }, { requiredKeys: [] });
const value = fc.oneof(
  { weight: 3, arbitrary: leaf },
  { weight: 1, arbitrary: object },
  { weight: 2, arbitrary: fc.array(fc.oneof(element, leaf), { maxLength: 3 }) },
);
/** Distinct sequences, so that it is certain who wins. */
const records = fc
  .array(fc.record({ id: fc.nat(3), data: fc.dictionary(fc.constantFrom('a', 'b', 'c'), value) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((made) => made.map(({ id, data }, sequence): SentRecord => ({ data: { id, ...data }, sequence })));

/** The same records in another order, some of them again, cut into batches and loads. */
const history = records.chain((all) =>
  fc.record({
    all: fc.constant(all),
    sent: fc
      .tuple(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.array(fc.constantFrom(...all), { maxLength: 4 }),
      )
      .map(([order, again]) => [...order, ...again]),
    cuts: fc.infiniteStream(fc.constantFrom('load', 'batch', 'none', 'none')),
    staged: fc.boolean(),
  }),
);

test('whatever the order, the batches and the repetitions: the tables are those of one load of everything', async () => {
  await using db = await createTestDatabase();
  await using once = await openTestSession(db, { schema: 'once' });
  await using given = await openTestSession(db, { schema: 'often' });
  await using staged = await openTestSession(db, { schema: 'often', tuning: { givenRows: 0 } });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(history, async ({ all, sent, cuts, staged: isStaged }) => {
      run += 1;
      const table = `t${run}_`;
      await once.load(table, [{ schema, messages: all }]);
      for (const load of cut(sent, cuts)) {
        const loadId = randomId();
        await (isStaged ? staged : given).load(table, load, { loadId });
        if (load.length > 1) await staged.load(table, load, { loadId });
      }
      expect(await tablesOf(db, 'often', table)).toEqual(await tablesOf(db, 'once', table));
    }),
    { numRuns: 12 },
  );
}, 120_000);

const schema = {
  properties: { b: { anyOf: [{ type: 'string', format: 'date-time' }, {}] } },
};

function cut(sent: readonly SentRecord[], cuts: Iterable<'load' | 'batch' | 'none'>): SentBatch[][] {
  const loads: { schema: object; messages: SentRecord[] }[][] = [[{ schema, messages: [] }]];
  const next = cuts[Symbol.iterator]();
  for (const record of sent) {
    const kind = next.next().value;
    if (kind === 'load') loads.push([{ schema, messages: [] }]);
    if (kind === 'batch') loads.at(-1)?.push({ schema, messages: [] });
    loads.at(-1)?.at(-1)?.messages.push(record);
  }
  return loads;
}

/** Columns as a set, rows as a set; without what says when and by which load. */
async function tablesOf(db: TestDatabase, from: string, prefix: string): Promise<object> {
  const columns = await db.query(
    `select table_name, column_name, data_type, is_nullable from information_schema.columns
     where table_schema = '${from}' and starts_with(table_name, '${prefix}') order by 1, 2`,
  );
  const names = [...new Set(columns.map(({ table_name }) => String(table_name)))];
  const rows: Record<string, unknown> = {};
  for (const name of names)
    rows[name] = await db.query(
      `select (to_jsonb(t) - '_sdc_batched_at')::text as row from ${from}."${name}" t order by 1`,
    );
  return { columns, rows };
}
