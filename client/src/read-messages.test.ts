import { expect, test } from 'vitest';
import { type Message, readMessages } from './read-messages.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The messages of a stream whose bytes come in pieces of that size. */
async function read(text: string, size: number): Promise<Message[]> {
  const all = bytes(text);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < all.length; at += size) controller.enqueue(all.slice(at, at + size));
      controller.close();
    },
  });
  const messages: Message[] = [];
  for await (const message of readMessages(stream)) messages.push(message);
  return messages;
}

const lines = [
  'retry: 2000',
  '',
  ': a comment',
  '',
  'id: 1-a',
  'event: load.loaded',
  'data: {"naïve":"✓"}',
  '',
  'data',
  'data: two: lines',
  '',
  'data: never finished',
];

test.each(['\n', '\r\n', '\r'])(
  'messages are the same however they are cut, with %j at the end of a line',
  async (end) => {
    const expected = [
      { id: null, event: 'message', data: null },
      { id: null, event: 'message', data: null },
      { id: '1-a', event: 'load.loaded', data: '{"naïve":"✓"}' },
      { id: null, event: 'message', data: '\ntwo: lines' },
    ];
    for (const size of [1, 2, 3, 7, 1000]) expect(await read(lines.join(end), size)).toEqual(expected);
  },
);
