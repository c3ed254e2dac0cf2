import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NewBatch } from '../store/load-store.ts';
import { joinBodies } from './join-bodies.ts';
import { messagesOfBatch, recordsOfPush } from './message-list.ts';

interface Stored {
  readonly batch: NewBatch;
  readonly text: string;
}

/** A store whose writes end when the test says so. */
function aStore() {
  const stored: Stored[] = [];
  const ends: PromiseWithResolvers<'accepted'>[] = [];
  const store = joinBodies(async (entries) => {
    for (const { batch, body } of entries)
      stored.push({ batch, text: Buffer.from(body as Uint8Array).toString() });
    const end = Promise.withResolvers<'accepted'>();
    ends.push(end);
    return await end.promise;
  });
  return { store, stored, ends };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const messageOf = (id: number) => ({ action: 'upsert', sequence: id, data: { id } });
const bodyOf = (messages: readonly object[], rest: object = {}): string =>
  JSON.stringify({ table_name: 'orders', key_names: ['id'], ...rest, messages });

const aBody = (text: string, given: Partial<NewBatch & { tableVersion: string | null }> = {}) => {
  const { tableVersion = null, ...batch } = given;
  return {
    batch: {
      id: 'a',
      accountId: 1,
      sourceId: 1,
      table: 'orders',
      format: 'batch',
      records: 1,
      idempotency: null,
      ...batch,
    } as const,
    bytes: Buffer.from(text),
    tableVersion,
  };
};
const aPush = (records: readonly object[], given: Parameters<typeof aBody>[1] = {}) =>
  aBody(JSON.stringify(records), { format: 'push', ...given });

test('bodies that come in the same turn, or while others are stored, become one batch', async () => {
  const { store, stored, ends } = aStore();
  const first = [1, 2].map((id) => store(aBody(bodyOf([messageOf(id)]), { id: `batch ${id}` })));
  await turn();
  const later = [3, 4, 5].map((id) => store(aBody(bodyOf([messageOf(id)]))));
  await turn();
  expect(stored.map(({ text }) => text)).toEqual([bodyOf([messageOf(1), messageOf(2)])]);
  ends[0]!.resolve('accepted');
  expect((await Promise.all(first)).map(({ id }) => id)).toEqual(['batch 1', 'batch 1']);
  await turn();
  expect(stored[1]).toEqual({
    text: bodyOf([messageOf(3), messageOf(4), messageOf(5)]),
    batch: expect.objectContaining({ records: 3 }),
  });
  ends[1]!.resolve('accepted');
  await Promise.all(later);
});

test('all whose records were stored together share its failure, and the next are stored', async () => {
  const { store, ends } = aStore();
  const both = [1, 2].map((id) => store(aBody(bodyOf([messageOf(id)]))));
  await turn();
  ends[0]!.reject(new Error('the disk is full'));
  for (const one of both) await expect(one).rejects.toThrow('the disk is full');
  const next = store(aBody(bodyOf([messageOf(3)])));
  await turn();
  ends[1]!.resolve('accepted');
  await next;
});

test('pushes are joined where their records have the same version', async () => {
  const { store, stored } = aStore();
  void store(aPush([{ n: 1 }, { n: 2 }], { records: 2 }));
  void store(aPush([{ n: 3 }]));
  void store(aPush([{ n: 4 }], { tableVersion: '7' }));
  await turn();
  expect(stored.map(({ text }) => JSON.parse(text))).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }], [{ n: 4 }]]);
});

test.each([
  ['another schema', bodyOf([messageOf(2)], { schema: {} })],
  ['no messages', bodyOf([])],
  ['messages twice', `{"table_name":"orders","key_names":["id"],"messages":[1],"messages":[2]}`],
  ['a key with escapes', `{"table_name":"orders","key_names":["id"],"mess\\u0061ges":[2]}`],
])('a body with %s is stored as it is', async (_, text) => {
  const { store, stored } = aStore();
  const texts = [bodyOf([messageOf(1)]), text, text, bodyOf([messageOf(3)])];
  for (const each of texts) void store(aBody(each));
  await turn();
  const joinsItself = text.includes('schema');
  expect(stored.map((each) => each.text)).toEqual(
    joinsItself ? [texts[0], bodyOf([messageOf(2), messageOf(2)], { schema: {} }), texts[3]] : texts,
  );
});

test('batches of other tables, sources, formats and keys are left apart', async () => {
  const { store, stored } = aStore();
  for (const other of [
    {},
    { table: 'b' },
    { sourceId: 2 },
    { loadGroup: '["x"]' },
    { format: 'push' },
  ] as const)
    void store(other.format ? aPush([{}], other) : aBody(bodyOf([messageOf(1)]), other));
  await turn();
  expect(stored).toHaveLength(5);
});

test('a batch holds a thousand records and 256 kB at most', async () => {
  const { store, stored } = aStore();
  for (let id = 0; id < 300; id++) void store(aBody(bodyOf([messageOf(id)]), { records: 10 }));
  await turn();
  expect(stored.map(({ batch }) => batch.records)).toEqual([1000, 1000, 1000]);
  const { store: another, stored: large } = aStore();
  for (let id = 0; id < 40; id++) void another(aBody(bodyOf([{ text: 'x'.repeat(10_000) }])));
  await turn();
  expect(large.map(({ batch }) => batch.records)).toEqual([26, 14]);
});

const space = fc.constantFrom('', ' ', '\n', '\t \r\n');
const spaced = (value: unknown): fc.Arbitrary<string> =>
  space.map((indent) => JSON.stringify(value, null, indent.replaceAll(/[\r\n]/g, '') || undefined));

test('whatever else stands in a body, exactly its messages are found', () => {
  const rest = fc.dictionary(fc.string(), fc.jsonValue()).map(({ messages: _, ...others }) => others);
  const messages = fc.array(fc.jsonValue(), { minLength: 1 });
  const bodies = fc
    .record({ before: rest, messages, after: rest, lead: space })
    .chain(({ before, messages, after, lead }) =>
      spaced({ ...before, messages, ...after }).map((text) => ({ messages, text: lead + text + lead })),
    );
  fc.assert(
    fc.property(bodies, ({ messages, text }) => {
      const bytes = Buffer.from(text);
      const found = messagesOfBatch(bytes);
      const hasEscapes = Object.keys(JSON.parse(text)).some((key) => JSON.stringify(key).includes('\\'));
      // A key that is written with escapes could be `messages`; whether it is, is not worth a look.
      if (found === null) return hasEscapes;
      const within = JSON.parse(`[${bytes.subarray(found.from, found.to)}]`);
      expect(within).toEqual(JSON.parse(JSON.stringify(messages)));
      const doubled = Buffer.concat([
        bytes.subarray(0, found.to),
        Buffer.from(','),
        bytes.subarray(found.from),
      ]);
      expect(JSON.parse(doubled.toString()).messages).toHaveLength(messages.length * 2);
      return true;
    }),
  );
  fc.assert(
    fc.property(messages, space, (records, lead) => {
      const bytes = Buffer.from(
        `${lead}[${lead}${records.map((each) => JSON.stringify(each)).join(',')}]${lead}`,
      );
      const { from, to } = recordsOfPush(bytes);
      expect(JSON.parse(`[${bytes.subarray(from, to)}]`)).toEqual(JSON.parse(bytes.toString()));
    }),
  );
});
