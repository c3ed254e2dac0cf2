import fc from 'fast-check';
import { test } from 'vitest';
import { makeBatch, randomId } from '../../support/load-session.ts';
import type { Suite } from './open-suite.ts';

const sentRecord = fc.record({
  key: fc.constantFrom('a', 'A', 'a ', 'b', 'é', ''),
  value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom('x', 'y', 1.5, true, null)),
  kids: fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('s', 't')), { maxLength: 3 }),
});

/** Records, and a way to send them: an order, where loads end, and which of them are repeated. */
const history = fc
  .array(sentRecord, { minLength: 1, maxLength: 20 })
  .map((list) => list.map((each, sequence) => ({ ...each, sequence })))
  .chain((list) =>
    fc.record({
      order: fc.shuffledSubarray(list, { minLength: list.length }),
      loadEnds: fc.array(fc.boolean(), { minLength: list.length, maxLength: list.length }),
      repeated: fc.array(fc.boolean(), { minLength: list.length, maxLength: list.length }),
    }),
  );

export function anyOrderContract({ open, ways }: Suite): void {
  test('any order, batching and repetition of the same records gives the table that a model gives', async () => {
    let runs = 0;
    const rooms = await Promise.all(ways.map((way) => open(way)));
    await using stack = new AsyncDisposableStack();
    for (const room of rooms) stack.use(room);
    await fc.assert(
      fc.asyncProperty(history, async ({ order, loadEnds, repeated }) => {
        runs += 1;
        const table = `t${runs}`;
        const room = rooms[runs % rooms.length]!;
        let load = [];
        for (const [index, { sequence, ...data }] of order.entries()) {
          load.push(makeBatch({ keyNames: ['key'], messages: [{ data, sequence }] }));
          if (!loadEnds[index] && index < order.length - 1) continue;
          const loadId = randomId();
          await room.loadBatches(table, load, { loadId });
          if (repeated[index]) await room.loadBatches(table, load, { loadId });
          load = [];
        }
        await room.expectLoaded(table);
      }),
      { numRuns: 15 },
    );
  }, 120_000);
}
