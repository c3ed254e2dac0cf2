import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryWarehouse, type SampleBatch } from '../../test/support/memory-warehouse.ts';
import { csvRules, mysqlRules, postgresRules } from '../../test/support/sample-dialects.ts';
import { ExactNumber } from '../lib/exact-number.ts';

type Message = SampleBatch['records'][number];

const leaf = fc.oneof(
  fc.constantFrom<unknown>(1, 2.5, true, 'x', null, 'a\0b', new ExactNumber('9007199254740993')),
  fc.constantFrom<unknown>(new ExactNumber('1e400'), new ExactNumber('99999999999999999999')),
);
const value = fc.oneof(
  { weight: 3, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('p', 'q'), leaf, { maxKeys: 2 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.record({ p: leaf, r: fc.array(leaf, { maxLength: 2 }) }), { maxLength: 2 }),
  },
);
/** Distinct sequences, so that it is certain who wins. */
const messages: fc.Arbitrary<Message[]> = fc
  .array(
    fc.record({ id: fc.nat(3), data: fc.dictionary(fc.constantFrom('a', 'b'), value, { maxKeys: 2 }) }),
    {
      minLength: 1,
      maxLength: 10,
    },
  )
  .map((made) => made.map(({ id, data }, sequence) => ({ data: { id, ...data }, sequence })));

/** The same messages in another order, some of them several times, cut into loads of several batches. */
const resent = messages.chain((all) =>
  fc.record({
    all: fc.constant(all),
    loads: fc
      .tuple(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.array(fc.constantFrom(...all), { maxLength: 6 }),
      )
      .chain(([order, again]) => {
        const sent = [...order, ...again];
        return fc
          .array(fc.record({ load: fc.boolean(), batch: fc.boolean() }), {
            minLength: sent.length,
            maxLength: sent.length,
          })
          .map((cuts) => cut(sent, cuts));
      }),
  }),
);

function cut(sent: readonly Message[], cuts: readonly { load: boolean; batch: boolean }[]): Message[][][] {
  const loads: Message[][][] = [[[]]];
  for (const [index, message] of sent.entries()) {
    if (cuts[index]!.load) loads.push([[]]);
    else if (cuts[index]!.batch) loads.at(-1)!.push([]);
    loads.at(-1)!.at(-1)!.push(message);
  }
  return loads;
}

test.each([
  ['flattened, columns renamed', postgresRules],
  ['nested as JSON', mysqlRules],
  ['flattened, without types', { ...csvRules, upsert: true }],
])('any order, batching and repetition of the same messages gives the same tables: %s', (_, dialect) => {
  fc.assert(
    fc.property(resent, ({ all, loads }) => {
      const once = createMemoryWarehouse({ dialect });
      once.load({ records: all });
      const often = createMemoryWarehouse({ dialect });
      for (const batches of loads) often.load(...batches.map((records) => ({ records })));
      expect(often.snapshot()).toEqual(once.snapshot());
    }),
    { numRuns: 100 },
  );
});

describe('five versions of one record', () => {
  const versions = [1, 2, 3, 4, 5].map((sequence) => ({
    data: {
      id: 1,
      v: sequence,
      items: Array.from({ length: sequence % 3 }, (_, n) => ({ n, of: sequence })),
    },
    sequence,
  }));

  test.each([
    ['one load', [5]],
    ['a load each', [1, 1, 1, 1, 1]],
    ['loads of two, two and one', [2, 2, 1]],
  ])('in all orders, in %s: the highest sequence wins with its subtable', (_, sizes) => {
    for (const order of permutations(versions)) {
      const warehouse = createMemoryWarehouse();
      let from = 0;
      for (const size of sizes) {
        warehouse.load({ records: order.slice(from, from + size) });
        from += size;
      }
      expect(warehouse.rows('people')).toEqual([{ id: 1, v: 5 }]);
      expect(warehouse.rows('people__items').map(({ of }) => of)).toEqual([5, 5]);
    }
  });
});

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}
