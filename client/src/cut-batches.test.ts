import { expect, test } from 'vitest';
import { type CutBatch, createSequence, cutBatches } from './cut-batches.ts';

type Options = Partial<Parameters<typeof cutBatches>[0]>;

async function cut(records: Iterable<object> | AsyncIterable<object>, options: Options = {}) {
  const batches: CutBatch[] = [];
  const all = {
    table: 'orders',
    schema: {},
    records,
    sequence: (_record: object, at: number) => at,
    ...options,
  };
  for await (const batch of cutBatches(all)) batches.push(batch);
  return batches;
}

const numbered = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));

test('a body is what the Import API takes', async () => {
  const [batch] = await cut([{ id: 1 }], { keyNames: ['id'], schema: { type: 'object' } });
  expect(JSON.parse(batch?.body ?? '')).toEqual({
    table_name: 'orders',
    schema: { type: 'object' },
    key_names: ['id'],
    messages: [{ action: 'upsert', sequence: 0, data: { id: 1 } }],
  });
});

test('batches are cut by number, and nothing is lost or doubled', async () => {
  const batches = await cut(numbered(25), { batchRecords: 10 });
  expect(batches.map(({ records }) => records)).toEqual([10, 10, 5]);
  const ids = batches.flatMap(({ body }) =>
    (JSON.parse(body).messages as { data: { id: number } }[]).map(({ data }) => data.id),
  );
  expect(ids).toEqual(numbered(25).map(({ id }) => id));
});

test('batches are cut by bytes of UTF-8, and a record that is larger goes alone', async () => {
  const texts = ['é'.repeat(400), 'é'.repeat(400), 'é'.repeat(2_000), 'a'];
  const batches = await cut(
    texts.map((text) => ({ text })),
    { batchBytes: 1_000 },
  );
  expect(batches.map(({ records }) => records)).toEqual([1, 1, 1, 1]);
  expect(
    (
      await cut(
        texts.map((text) => ({ text })),
        { batchBytes: 2_000 },
      )
    ).map(({ records }) => records),
  ).toEqual([2, 1, 1]);
});

test('records are asked for as batches are', async () => {
  let asked = 0;
  async function* source() {
    for (;;) {
      asked += 1;
      yield { id: asked };
    }
  }
  const batches = cutBatches({ table: 't', schema: {}, records: source(), batchRecords: 5 });
  await batches.next();
  expect(asked).toBe(6);
  await batches.return(undefined);
});

test('no records are no batch', async () => {
  expect(await cut([])).toEqual([]);
});

test('numbers keep every digit', async () => {
  const [batch] = await cut([{ big: 12345678901234567890n }], { sequence: () => 1565880017123456789n });
  expect(batch?.body).toContain('"sequence":1565880017123456789');
  expect(batch?.body).toContain('"big":12345678901234567890');
});

test.each([1.5, 2 ** 53, Number.NaN])(
  'a sequence of %s is refused before anything is sent',
  async (sequence) => {
    await expect(cut([{ id: 1 }], { sequence: () => sequence })).rejects.toMatchObject({
      name: 'BadRequestError',
      code: 'InvalidRecord',
      message: expect.stringContaining('Record 0'),
    });
  },
);

test('sequences grow, also within a moment', () => {
  const next = createSequence();
  const made = Array.from({ length: 1_000 }, next);
  expect(made.every((each, at) => at === 0 || each > (made[at - 1] ?? 0n))).toBe(true);
});
