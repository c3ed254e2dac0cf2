import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { openTestSession, randomId, type SentBatch } from '../support/load-session.ts';

/** A record as it is sent; sequences are made distinct for each key. */
interface Sent {
  readonly key: string;
  readonly value: number | string | boolean | null;
  readonly kids: readonly (number | string)[];
  readonly sequence: number;
}

const sentRecord = fc.record({
  key: fc.constantFrom('a', 'A', 'a ', 'b', 'é', ''),
  value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom('x', 'y', 1.5, true, null)),
  kids: fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('s', 't')), { maxLength: 3 }),
});

/** Records, and a way to send them: an order, where to cut batches and loads, and which loads are repeated. */
const history = fc
  .array(sentRecord, { minLength: 1, maxLength: 25 })
  .map((list) => list.map((each, sequence): Sent => ({ ...each, sequence })))
  .chain((list) =>
    fc.record({
      list: fc.constant(list),
      order: fc.shuffledSubarray(list, { minLength: list.length }),
      loadEnds: fc.array(fc.boolean(), { minLength: list.length, maxLength: list.length }),
      repeated: fc.array(fc.boolean(), { minLength: list.length, maxLength: list.length }),
      staged: fc.boolean(),
    }),
  );

test('any order, batching and repetition of the same records gives the table that a model gives', async () => {
  await using db = await createTestDatabase();
  await using given = await openTestSession(db);
  await using staged = await openTestSession(db, { tuning: { givenRows: 0 } });
  let table = 0;
  await fc.assert(
    fc.asyncProperty(history, async ({ list, order, loadEnds, repeated, staged: isStaged }) => {
      table += 1;
      const name = `t${table}`;
      const session = isStaged ? staged : given;
      let load: SentBatch[] = [];
      for (const [index, { key, value, kids, sequence }] of order.entries()) {
        load.push({ keyNames: ['key'], messages: [{ data: { key, value, kids }, sequence }] });
        if (!loadEnds[index] && index < order.length - 1) continue;
        const loadId = randomId();
        await session.load(name, load, { loadId });
        if (repeated[index]) await session.load(name, load, { loadId });
        load = [];
      }
      const expected = new Map<string, Sent>();
      for (const each of list) expected.set(each.key, each);
      const rows = await db.query(`select key, to_jsonb(t) as row from source.${name} t`);
      const hasKids = (await db.query(`select to_regclass('source.${name}__kids') is not null as yes`))[0]!
        .yes;
      const kidRows = hasKids
        ? await db.query(
            `select _sdc_source_key_key as key, to_jsonb(k) as row from source.${name}__kids k order by _sdc_level_0_id`,
          )
        : [];
      const found = rows.map(({ key, row }) => ({
        key,
        value: only(row as object, 'value'),
        kids: kidRows.filter((kid) => kid.key === key).map((kid) => only(kid.row as object, '_sdc_value')),
        sequence: (row as { _sdc_sequence: number })._sdc_sequence,
      }));
      const byKey = (one: { key: unknown }, other: { key: unknown }) =>
        String(one.key) < String(other.key) ? -1 : 1;
      expect(found.toSorted(byKey)).toEqual([...expected.values()].toSorted(byKey));
    }),
    { numRuns: 40 },
  );
}, 120_000);

/** The value of a field, whichever of its columns holds it; no two may. */
function only(row: object, field: string): unknown {
  const values = Object.entries(row)
    .filter(([name, value]) => (name === field || name.startsWith(`${field}__`)) && value !== null)
    .map(([, value]) => value);
  expect(values.length).toBeLessThanOrEqual(1);
  return values[0] ?? null;
}
