import { expect, test } from 'vitest';
import { renderExactJson } from '../lib/exact-json.ts';
import { type PushOptions, parsePush } from './parse-push.ts';
import { renderPush } from './render-push.ts';

const options = (format: PushOptions['format']): PushOptions => ({
  format,
  clientId: 7,
  onInvalid: 'reject',
});
const bytes = (text: string) => Buffer.from(text);

/** What a load would see of a table, without positions. */
const essence = (body: Uint8Array, format: PushOptions['format']) =>
  parsePush(body, options(format)).map(({ messages, rejected, ...table }) => ({
    ...table,
    messages: messages.map(({ position: _, ...message }) => message),
    rejected: rejected.map(({ position: _, ...record }) => record),
  }));

const record = (table: string, data: string, extra = '') =>
  `{"client_id":7,"table_name":"${table}","sequence":1565880017000000001,"action":"upsert","key_names":["id"],"data":${data}${extra}}`;

test('each table of a push can be written as a body of its own', () => {
  const body = bytes(
    `[${[
      record('orders', '{"id":1,"total":1.10,"__proto__":{"x":"\\ud800"},"big":12345678901234567890}'),
      record(
        'people',
        '{"id":"~x","when":"2024-01-01T00:00:00Z"}',
        ',"time_extracted":"2024-01-01T00:00:00Z"',
      ),
      record('orders', '{"id":null}'),
      record('orders', '{"id":2}', ',"table_version":3'),
      '{"client_id":7,"table_name":"people","sequence":5,"action":"activate_version","table_version":4}',
      record('orders', '{"id":3}'),
    ].join(',')}]`,
  );
  const tables = parsePush(body, options('json'));
  const rendered = tables.map((table) => essence(renderPush(table, 'json', 7), 'json'));
  expect(rendered).toEqual(essence(body, 'json').map((table) => [table]));
  expect(rendered).toHaveLength(4);
});

test('positions count the records of the table', () => {
  const body = bytes(`[${record('a', '{"id":1}')},${record('b', '{"id":null}')},${record('b', '{"id":2}')}]`);
  const [, table] = parsePush(body, options('json'));
  if (!table) throw new Error('there are two tables');
  const [again] = parsePush(renderPush(table, 'json', 7), options('json'));
  expect(again?.rejected[0]?.position).toBe(0);
  expect(again?.messages[0]?.position).toBe(1);
});

test('Transit keeps its points in time, and texts that look like its tags', () => {
  const body = bytes(
    `[["^ ","client_id",7,"table_name","a","sequence","~i1565880017000000001","action","upsert","key_names",["id"],"data",["^ ","id","~~x","at","~t2024-01-01T00:00:00.000Z","caret","~^1","~~#key",1,"n","~n123456789012345678901234567890"]],
      ["^ ","^0",7,"^1","b","^2",2,"^3","upsert","^4",["id"],"^5",["^ ","id",1,"list",["~~#tag","x"]]]]`,
  );
  const tables = parsePush(body, options('transit'));
  const rendered = tables.map((table) => essence(renderPush(table, 'transit', 7), 'transit'));
  expect(rendered).toEqual(essence(body, 'transit').map((table) => [table]));
  const [first] = tables;
  expect(renderExactJson(first?.messages[0]?.action === 'upsert' ? first.messages[0].data : null)).toContain(
    '123456789012345678901234567890',
  );
});
