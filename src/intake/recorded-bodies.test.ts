import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BatchRefusal } from './batch-refusal.ts';
import { parseBatch } from './parse-batch.ts';
import { createSchemaCache } from './validate-record.ts';

const folder = new URL('../../test/contract/import-bodies/', import.meta.url);
const expected: Readonly<Record<string, { expected_status: number }>> = JSON.parse(
  readFileSync(new URL('expected.json', folder), 'utf8'),
);
const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'expected.json');
const compileSchema = createSchemaCache({ maxCharacters: 1_000_000 });

function statusOf(body: Uint8Array): number {
  try {
    parseBatch(body, { onInvalid: 'refuse', compileSchema });
    return 201;
  } catch (error) {
    if (error instanceof BatchRefusal) return 400;
    throw error;
  }
}

test('every recorded body has an expectation', () => {
  expect(names.sort()).toEqual(Object.keys(expected).sort());
  expect(names).toHaveLength(42);
});

test.each(names)('%s', (name) => {
  expect(statusOf(readFileSync(new URL(name, folder)))).toBe(expected[name]?.expected_status);
});

test.each(names)('%s keeps the digits of every sequence, and every record', (name) => {
  const body = readFileSync(new URL(name, folder));
  const { messages, rejected } = parseBatch(body, { onInvalid: 'reject', compileSchema });
  const written = [...body.toString().matchAll(/"sequence": (\d+)/g)].map(([, digits]) => digits);
  const read = [
    ...messages.map(({ position, sequence }) => ({ position, sequence })),
    ...rejected.map(({ position, message }) => ({ position, sequence: message.sequence })),
  ].sort((one, other) => one.position - other.position);
  expect(read.map(({ position }) => position)).toEqual(written.map((_, position) => position));
  expect(
    read.map(({ sequence }) =>
      typeof sequence === 'object' && sequence !== null && 'text' in sequence
        ? sequence.text
        : String(sequence),
    ),
  ).toEqual(written);
});
