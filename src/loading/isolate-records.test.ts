import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LoadFailure } from '../destinations/session.ts';
import { isolateRecords, TooManyRefused } from './isolate-records.ts';

/** A destination that objects to these records, and to a second one of each pair. */
function destination(
  count: number,
  refused: ReadonlySet<number>,
  pairs: readonly (readonly number[])[] = [],
) {
  const aside = new Map<number, string>();
  let rehearsals = 0;
  const objection = (upTo: number): LoadFailure | null => {
    const taken = new Set(Array.from({ length: upTo }, (_, at) => at).filter((at) => !aside.has(at)));
    const bad =
      [...taken].some((at) => refused.has(at)) || pairs.some((pair) => pair.every((at) => taken.has(at)));
    return bad
      ? new LoadFailure('passing', 'The server refused a record: check.', { remedy: '', code: '23514' })
      : null;
  };
  const isolate = () =>
    isolateRecords({
      count,
      failure: objection(count)!,
      discardedAt: 'there',
      async rehearse(upTo) {
        rehearsals += 1;
        return objection(upTo);
      },
      async load() {
        expect(objection(count)).toBe(null);
        return [...aside.keys()];
      },
      setAside: (record, { message }) => void aside.set(record, message),
    });
  return {
    isolate,
    get rehearsals() {
      return rehearsals;
    },
  };
}

test('exactly the records that a destination objects to are set aside, whichever they are', async () => {
  const some = fc.integer({ min: 2, max: 400 }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      refused: fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: Math.min(19, count - 1) }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(some, async ({ count, refused }) => {
      const isolated = await destination(count, new Set(refused)).isolate();
      expect(isolated.toSorted((one, other) => one - other)).toEqual(
        refused.toSorted((one, other) => one - other),
      );
    }),
  );
});

test('one among a thousand is found with a rehearsal for each halving', async () => {
  const there = destination(1000, new Set([617]));
  expect(await there.isolate()).toEqual([617]);
  expect(there.rehearsals).toBeLessThanOrEqual(20);
});

test('of two that do not go together the first is taken', async () => {
  expect(await destination(100, new Set(), [[3, 90]]).isolate()).toEqual([90]);
});

test('where no record is taken it is the table that stops, and soon', async () => {
  const all = (count: number) => destination(count, new Set(Array.from({ length: count }, (_, at) => at)));
  const there = all(20_000);
  const failure = await there.isolate().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    kind: 'blocked',
    code: '23514',
    message: expect.stringContaining('check'),
  });
  expect(there.rehearsals).toBeLessThan(60);
  await expect(all(2).isolate()).rejects.toMatchObject({ kind: 'blocked' });
  expect(await all(1).isolate()).toEqual([0]);
});

test('more than can be found are told', async () => {
  const odd = new Set(Array.from({ length: 10_000 }, (_, at) => 2 * at + 1));
  await expect(destination(20_000, odd).isolate()).rejects.toBeInstanceOf(TooManyRefused);
});
