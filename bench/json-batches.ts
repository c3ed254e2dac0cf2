import { randomBytes } from 'node:crypto';
import type { LoadBatch, LoadMessage } from '../src/destinations/session.ts';
import type { SchemaPlace } from '../src/shape/shape.ts';

interface Message {
  readonly sequence: number;
  readonly time_extracted: string;
  readonly data: object;
}

function* messagesOf(text: string): Iterable<LoadMessage> {
  const parsed = JSON.parse(text) as Message[];
  for (let position = 0; position < parsed.length; position += 1) {
    const { data, sequence, time_extracted: extractedAt } = parsed[position]!;
    yield { action: 'upsert', record: { data, sequence, extractedAt, position } };
  }
}

const asBatch = (text: string, place: SchemaPlace): LoadBatch => ({
  facts: { id: randomBytes(16).toString('hex'), receivedAt: 1_795_000_000_000_000, tableVersion: null },
  keyNames: ['id'],
  place,
  messages: { [Symbol.iterator]: () => messagesOf(text)[Symbol.iterator]() },
});

/** Batches of a load, each parsed from its JSON when its turn has come. */
export const asBatches = (texts: readonly string[], place: SchemaPlace): AsyncIterable<LoadBatch> => ({
  async *[Symbol.asyncIterator]() {
    for (const text of texts) yield asBatch(text, place);
  },
});
