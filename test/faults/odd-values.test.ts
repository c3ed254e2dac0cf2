import { expect, test } from 'vitest';
import { openLoadingRoom } from '../loading/loading-room.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';

const nines = '9'.repeat(500);

/** A value as a sender writes it, and what stands in the table; null: the record is rejected with a reason. */
const values: readonly [json: string, stands: string | null][] = [
  ['9007199254740993', '9007199254740993'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['9223372036854775807', '9223372036854775807'],
  ['9223372036854775808', null],
  ['0.1234567890123456789', '0.1234567890123456789'],
  [`0.${nines}`, `0.${nines}`],
  [nines, null],
  ['1e400', `1${'0'.repeat(400)}`],
  ['"\\ud83d\\ude00 \\u007f \\u001f"', '😀 \u007f \u001f'],
  ['"lone \\ud800"', null],
  ['"nul \\u0000"', null],
  [`"${'long '.repeat(10_000)}"`, 'long '.repeat(10_000)],
];

/** Times by their schema; in the table in UTC. */
const times: readonly [json: string, stands: string | null][] = [
  ['"2024-01-31T12:00:00+01"', '2024-01-31 11:00:00+00'],
  ['"2024-01-31T12:00:00+0000"', '2024-01-31 12:00:00+00'],
  ['"2024-01-31T12:00:00.123456789Z"', '2024-01-31 12:00:00.123456+00'],
  ['"294276-12-31T00:00:00Z"', '294276-12-31 00:00:00+00'],
  ['"294277-01-01T00:00:00Z"', null],
  ['"0000-01-01T00:00:00Z"', '0001-01-01 00:00:00+00 BC'],
  ['"2024-02-30T00:00:00Z"', null],
  ['"NaN"', null],
];

test.each([
  ['values', values, '{}'],
  ['times', times, '{"properties":{"at":{"type":"string","format":"date-time"}}}'],
])(
  'odd %s stand as they were sent, digit for digit, or their records are rejected with a reason',
  async (_what, given, schema) => {
    await using warehouse = await createTestDatabase();
    await using room = await openLoadingRoom();
    const { source } = await room.addAll(warehouse);
    room.startLoader();
    const messages = given.map(
      ([json], id) =>
        `{"action":"upsert","sequence":${id},"data":{"id":${id},"at":${json},"__proto__":{"x":1}}}`,
    );
    const body = Buffer.from(
      `{"table_name":"odd","schema":${schema},"key_names":["id"],"messages":[${messages.join(',')}]}`,
    );
    const request = {
      source,
      format: 'batch' as const,
      body,
      clientId: source.accountId,
      idempotencyKey: null,
    };
    expect((await room.intake.accept(request)).outcome).toBe('accepted');
    await until(async () =>
      expect((await room.batches(source)).map(({ state }) => state)).toEqual(['loaded']),
    );

    const standing = (await warehouse.query(`select * from "${source.name}".odd order by id`)).map((row) => [
      Number(row.id),
      Object.entries(row).filter(([name, value]) => name.startsWith('at') && value !== null),
    ]);
    const texts = await warehouse.query(
      `select o.id::int, v.value from "${source.name}".odd o, jsonb_each_text(to_jsonb(o)) v
     where v.key like 'at%' and v.value is not null order by 1`,
    );
    expect(standing.filter(([, found]) => (found as unknown[]).length !== 1)).toEqual([]);
    const kept = given.flatMap(([, stands], id) => (stands === null ? [] : [id]));
    expect(standing.map(([id]) => id)).toEqual(kept);
    const rejected = await warehouse.query(
      `select _sdc_position::int as id, reason from "${source.name}"._sdc_rejected where _sdc_kind = 'record' order by 1`,
    );
    expect(rejected.map(({ id }) => id)).toEqual(
      given.flatMap(([, stands], id) => (stands === null ? [id] : [])),
    );
    expect(rejected.filter(({ reason }) => String(reason).length < 10)).toEqual([]);
    if (schema === '{}')
      expect(texts.map(({ id, value }) => [id, value])).toEqual(kept.map((id) => [id, given[id]?.[1]]));
    else
      expect(
        (
          await warehouse.query(`set timezone = 'UTC'; select at::text from "${source.name}".odd order by id`)
        ).map(({ at }) => at),
      ).toEqual(kept.map((id) => given[id]?.[1]));
    expect(({} as { x?: number }).x).toBeUndefined();
  },
);

test('a million brackets, bytes that are no text and a mark before them are refused, each at once', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openLoadingRoom();
  const { source } = await room.addAll(warehouse);
  const start = '{"table_name":"t","schema":{},"messages":[{"action":"upsert","sequence":1,"data":{"a":';
  const hostile = [
    Buffer.from(`${start}${'['.repeat(1_000_000)}`),
    Buffer.from(`${start}${'['.repeat(500_000)}${']'.repeat(500_000)}}}]}`),
    Buffer.from(`${start}${'{"a":'.repeat(200_000)}`),
    Buffer.concat([Buffer.from(`${start}"`), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}}]}')]),
    Buffer.from(`\ufeff${start}1}}]}`),
  ];
  for (const body of hostile) {
    const request = {
      source,
      format: 'batch' as const,
      body,
      clientId: source.accountId,
      idempotencyKey: null,
    };
    await expect(room.intake.accept(request)).rejects.toMatchObject({ name: 'BatchRefusal' });
  }
  expect(await room.batches(source)).toEqual([]);
});
