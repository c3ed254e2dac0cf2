import { expect, test } from 'vitest';
import type { Told } from '../../events/events.ts';
import { openEventStream } from './event-stream.ts';

const told = (reason: string): Told => ({
  kind: 'event',
  event: {
    type: 'records.rejected',
    id: '1-records.rejected:1',
    at: 1,
    rejected: {
      sourceId: 1,
      sourceName: 's',
      table: 't',
      loadId: 'l',
      batchId: 'b',
      records: 1,
      values: 0,
      reason,
    },
  },
});

test('a reader that does not keep up is told so, and gets nothing more', async () => {
  let ends = 0;
  const stream = openEventStream(() => {
    ends += 1;
  });
  for (let count = 0; count < 3; count += 1) stream.tell(told('x'.repeat(600_000)));
  const chunks: string[] = [];
  for await (const chunk of stream.body) chunks.push(String(chunk));
  const text = chunks.join('');
  expect(text.match(/event: records.rejected/g)).toHaveLength(2);
  expect(text.endsWith('event: end\ndata: {"type":"end","reason":"slow"}\n\n')).toBe(true);
  expect(ends).toBeGreaterThan(0);
});

test('a line break in a text does not break a message', async () => {
  const stream = openEventStream(() => {});
  stream.tell(told('one\ntwo\r\nevent: forged'));
  stream.end('server_stops');
  const chunks: string[] = [];
  for await (const chunk of stream.body) chunks.push(String(chunk));
  expect(
    chunks
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('event:')),
  ).toEqual(['event: records.rejected', 'event: end']);
});
