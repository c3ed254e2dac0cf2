import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { bothWays, openTestSession } from '../support/load-session.ts';

describe.each(bothWays)('rows that are $way', ({ tuning }) => {
  test('keep every digit and sign, to the limits of PostgreSQL', async () => {
    await using db = await createTestDatabase();
    await using loads = await openTestSession(db, { tuning });
    const schema = {
      type: 'object',
      properties: {
        id: { type: 'integer' },
        n: { type: 'number' },
        at: { type: 'string', format: 'date-time' },
        exact: { type: 'number', multipleOf: 0.01 },
      },
    };
    const values = [
      { id: 1, n: -0.5, i: Number.MIN_SAFE_INTEGER, at: '0001-01-01T00:00:00Z', exact: 0.1 },
      { id: 2, n: -0, i: -1, at: '294276-12-31T23:59:59.999999Z', exact: -12.5 },
      { id: 3, n: 5e-324, i: 4_294_967_296, at: '1969-12-31T23:59:59.000001Z', exact: 0 },
      { id: 4, n: 1.7976931348623157e308, i: -4_294_967_297, at: '-4712-01-01T00:00:00Z', exact: 7 },
      { id: 5, n: 0.1, i: 2_147_483_648, at: '1999-12-31T23:59:59.999999Z', exact: 1e21 },
    ];
    await loads.load('t', [{ schema, messages: values.map((data) => ({ data, sequence: 1 })) }]);
    expect(
      await db.query('select id::int, n::text, i::text, exact::text, at::text from source.t order by id'),
    ).toMatchObject([
      { i: '-9007199254740991', exact: '0.1', at: '0001-01-01 00:00:00+00' },
      { i: '-1', exact: '-12.5', at: '294276-12-31 23:59:59.999999+00' },
      { i: '4294967296', exact: '0', at: '1969-12-31 23:59:59.000001+00' },
      { i: '-4294967297', exact: '7', at: '4713-01-01 00:00:00+00 BC' },
      { i: '2147483648', exact: '1000000000000000000000', at: '1999-12-31 23:59:59.999999+00' },
    ]);
    const rows = await db.query('select id::int, n, n::text as text from source.t order by id');
    expect(rows.map(({ n }) => n)).toEqual(values.map(({ n }) => n));
  });
});
