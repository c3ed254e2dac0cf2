import { expect, test } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { parseSingerMessage } from './singer-message.ts';
import { createSingerTarget } from './singer-target.ts';

interface SentBody {
  readonly table_name: string;
  readonly table_version?: number;
  readonly messages: readonly { readonly sequence: number; readonly data: object }[];
}

/** A target whose batches go nowhere; `log` tells what was sent and emitted, in order. */
function openTarget(refuse: (body: SentBody) => boolean = () => false) {
  const log: string[] = [];
  let sequence = 0n;
  const target = createSingerTarget({
    async send({ body }) {
      const sent = JSON.parse(body) as SentBody;
      if (refuse(sent)) throw new Failure('InvalidBody', 'refused');
      log.push(`${sent.messages.length} of ${sent.table_name} ${sent.table_version ?? ''}`.trimEnd());
      return sent.table_name === 'partly' ? 1 : 0;
    },
    emit: (state) => log.push(`state ${state}`),
    nextSequence: () => ++sequence,
    batchMilliseconds: 60_000,
    onFailure() {},
    note: (remark) => log.push(remark),
  });
  return {
    log,
    finish: target.finish,
    async take(...messages: object[]) {
      for (const message of messages) {
        const bytes = Buffer.from(JSON.stringify(message));
        await target.take(parseSingerMessage({ bytes, number: 1 }));
      }
    },
  };
}

const schema = (stream: string) => ({ type: 'SCHEMA', stream, schema: {}, key_properties: ['id'] });
const record = (stream: string, more: object = {}) => ({
  type: 'RECORD',
  stream,
  record: { id: 1 },
  ...more,
});
const state = (value: number) => ({ type: 'STATE', value });

test('the last state follows the records of all streams before it', async () => {
  const { take, finish, log } = openTarget();
  await take(schema('a'), schema('b'), record('a'), record('b'), state(1), record('a'), state(2));
  expect(log).toEqual([]);
  await finish();
  expect(log).toEqual(['2 of a', '1 of b', 'state 2']);
});

test('a state that no record waits before is emitted at once', async () => {
  const { take, log } = openTarget();
  await take(state(1), schema('a'), state(2));
  expect(log).toEqual(['state 1', 'state 2']);
});

test('no batch has more than 20,000 messages, and a state in the middle goes out with the full one', async () => {
  const { take, finish, log } = openTarget();
  await take(schema('a'), ...Array.from({ length: 10 }, () => record('a')), state(1));
  await take(...Array.from({ length: 20_000 }, () => record('a')));
  expect(log).toEqual(['20000 of a', 'state 1']);
  await finish();
  expect(log).toEqual(['20000 of a', 'state 1', '10 of a']);
});

test('no batch is larger than 4 MB unless it is one record', async () => {
  const { take, finish, log } = openTarget();
  const large = (bytes: number) => ({ record: { text: 'x'.repeat(bytes) } });
  await take(schema('a'), record('a', large(3_000_000)), record('a', large(2_000_000)));
  await take(record('a', large(5_000_000)), record('a'));
  await finish();
  expect(log).toEqual(['1 of a', '1 of a', '1 of a', '1 of a']);
});

test('another version begins another batch, after what waits of the one before', async () => {
  const { take, finish, log } = openTarget();
  await take(schema('a'), record('a', { version: 1 }), { type: 'ACTIVATE_VERSION', stream: 'a', version: 1 });
  await take(record('a', { version: 2 }), schema('a'), record('a', { version: 2 }), record('a'));
  await finish();
  expect(log).toEqual(['2 of a 1', '2 of a 2', '1 of a']);
});

test('a version of a stream without a schema is passed over, and people are told', async () => {
  const { take, finish, log } = openTarget();
  await take(
    schema('a'),
    record('a'),
    { type: 'ACTIVATE_VERSION', stream: 'b', version: 3 },
    schema('b'),
    record('b', { version: 2 }),
  );
  await finish();
  expect(log).toEqual([
    'Version 3 of b is not activated: there was no SCHEMA message of that stream before.',
    '1 of a',
    '1 of b 2',
  ]);
});

test('people are told at the end how many records were set aside', async () => {
  const { take, finish, log } = openTarget();
  await take(schema('partly'), record('partly'), record('partly'), record('partly', { version: 1 }));
  await finish();
  expect(log.at(-1)).toMatch(/^2 of the records break the rules and were set aside: /);
});

test('nothing is emitted or taken any more once a batch was refused', async () => {
  const { take, finish, log } = openTarget(({ table_name }) => table_name === 'b');
  await take(schema('a'), schema('b'), record('a'), record('b'), state(1));
  await expect(finish()).rejects.toThrow('refused');
  await expect(take(state(2))).rejects.toThrow('refused');
  expect(log).toEqual(['1 of a']);
});
