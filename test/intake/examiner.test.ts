import { afterEach, expect, test } from 'vitest';
import { BatchRefusal } from '../../src/intake/batch-refusal.ts';
import type { BodyPart, UnexaminedBody } from '../../src/intake/examine-body.ts';
import { createExaminer, type Examiner, type ExaminerOptions } from '../../src/intake/examiner.ts';
import { maxBodyBytes } from '../../src/intake/limits.ts';
import { PushRefusal } from '../../src/intake/push-refusal.ts';
import { type PackedBody, unpackBody } from '../../src/store/packed-body.ts';

const opened: Examiner[] = [];
afterEach(async () => {
  for (const examiner of opened.splice(0)) await examiner[Symbol.asyncDispose]();
});

const defaults: ExaminerOptions = {
  schemaCharacters: 100_000,
  threads: 1,
  smallBytes: 10_000,
  largeBytes: 100_000,
  idleMilliseconds: 60_000,
};
function anExaminer(options: Partial<ExaminerOptions> = {}): Examiner {
  const examiner = createExaminer({ ...defaults, ...options });
  opened.push(examiner);
  return examiner;
}
/** Examines everything without a thread. */
const here = () => anExaminer({ smallBytes: Number.POSITIVE_INFINITY });

const message = (id: number, extra: object = {}) => ({
  action: 'upsert',
  sequence: id,
  data: { id, text: 'x'.repeat(100), ...extra },
});
function aBatch(records: number, data: object = {}): UnexaminedBody {
  const schema = { properties: { id: { type: 'integer' } } };
  const messages = Array.from({ length: records }, (_, id) => message(id, data));
  const body = { table_name: 'orders', schema, key_names: ['id'], messages };
  return { ...rules, format: 'batch', bytes: Buffer.from(JSON.stringify(body)) };
}
function aPush(tables: readonly string[], data: object = {}): UnexaminedBody {
  const records = Array.from({ length: 300 }, (_, id) => ({
    client_id: 1,
    table_name: tables[id % tables.length],
    key_names: ['id'],
    ...message(id, data),
  }));
  return { ...rules, format: 'push', bytes: Buffer.from(JSON.stringify(records)) };
}
const rules = { clientId: 1, onInvalid: 'refuse', isHashed: false, kept: 'packed' } as const;
const textOf = ({ body }: BodyPart): string => Buffer.from(unpackBody('', body as PackedBody)).toString();
const copyOf = (body: UnexaminedBody): UnexaminedBody => ({ ...body, bytes: Uint8Array.from(body.bytes) });

test('small bodies are examined at once, and keep their memory', async () => {
  const body = aBatch(3);
  const examiner = anExaminer({ program: new URL('no-such-file.ts', import.meta.url) });
  const { parts } = await examiner.examine(body, 1);
  expect(parts).toMatchObject([{ table: 'orders', keyNames: ['id'], records: 3 }]);
  expect(body.bytes.byteLength).toBeGreaterThan(0);
});

test.each([
  ['of a middle size', 300],
  ['that is large', 3_000],
])('a body %s is examined on a thread, which gives it back packed', async (_, records) => {
  const body = { ...aBatch(records), isHashed: true };
  const [kept, expected] = [copyOf(body), await here().examine(copyOf(body), 1)];
  const { parts, hash } = await anExaminer().examine(body, 1);
  expect(body.bytes.byteLength).toBe(0);
  expect(parts).toMatchObject([{ table: 'orders', keyNames: ['id'], records, rejected: 0 }]);
  expect(textOf(parts[0]!)).toBe(Buffer.from(kept.bytes).toString());
  expect(hash).toBe(expected.hash);
  expect(hash).toHaveLength(64);
});

test('a push of several tables comes back as a body for each', async () => {
  const body = aPush(['orders', 'customers']);
  const expected = await here().examine(copyOf(body), 1);
  const { parts } = await anExaminer().examine(body, 1);
  expect(parts.map(({ table, records }) => [table, records])).toEqual([
    ['orders', 150],
    ['customers', 150],
  ]);
  expect(parts.map(textOf)).toEqual(expected.parts.map(textOf));
});

test('what is not to be stored is not packed', async () => {
  const { parts } = await anExaminer().examine({ ...aBatch(300), kept: null }, 1);
  expect(parts).toMatchObject([{ records: 300, body: null }]);
});

test.each([
  ['a batch', aBatch(300, { id: 'seven' }), BatchRefusal],
  ['what is no JSON', { ...aBatch(300), bytes: Buffer.alloc(20_000, 0x20) }, BatchRefusal],
  ['a push', aPush(['orders'], { id: null }), PushRefusal],
])('refusals of %s are the same as without a thread', async (_, body, kind) => {
  const expected = await here()
    .examine(copyOf(body), 1)
    .catch((error: unknown) => error);
  const told = await anExaminer()
    .examine(body, 1)
    .catch((error: unknown) => error);
  expect(told).toBeInstanceOf(kind);
  expect(told).toEqual(expected);
});

test('failures stay failures', async () => {
  const body = { ...aBatch(1), bytes: Buffer.alloc(maxBodyBytes + 1) };
  await expect(anExaminer().examine(body, 1)).rejects.toMatchObject({ code: 'PayloadTooLarge' });
});

test('accounts take turns, however many bodies one of them has', async () => {
  const examiner = anExaminer();
  const order: number[] = [];
  const examine = async (accountId: number) => {
    await examiner.examine(aBatch(300), accountId);
    order.push(accountId);
  };
  await Promise.all([1, 1, 1, 1, 2, 3].map(examine));
  // The first had begun before the others came.
  expect(order).toEqual([1, 1, 2, 3, 1, 1]);
});

test('a body that is the end of its thread fails alone', async () => {
  const examiner = anExaminer({ program: new URL('dying-examiner.ts', import.meta.url) });
  const clients = [1, 13, 2, 13, 3];
  const results = await Promise.allSettled(
    clients.map((clientId) => examiner.examine({ ...aBatch(300), clientId }, 1)),
  );
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(results[1]).toMatchObject({ reason: { code: 'Overloaded' } });
});

test('the end of a body is kept whole, however small it is', async () => {
  const { bytes, ...rest } = aBatch(200);
  const longer = Buffer.concat([bytes, Buffer.alloc(1024 * 1024 + 100 - bytes.byteLength, ' ')]);
  const { parts } = await anExaminer().examine({ ...rest, bytes: Uint8Array.from(longer) }, 1);
  expect(parts.map(textOf)).toEqual([longer.toString()]);
});
