import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createImportSource, type ImportSource } from '../support/import-source.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Bodies as a real client sends them. */
const folder = 'test/contract/import-bodies';
const expected: Readonly<Record<string, { readonly expected_status: number }>> = JSON.parse(
  readFileSync(path.join(folder, 'expected.json'), 'utf8'),
);
const names = readdirSync(folder).filter((name) => /\.\d+\.json$/.test(name));

let server: TestServer;
let source: ImportSource;
beforeAll(async () => {
  server = await startTestServer();
  source = await createImportSource(server);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

test.each(names)('%s gets the status it must get', async (name) => {
  const answer = await source.send('batch', readFileSync(path.join(folder, name)));
  expect(answer.status, answer.text).toBe(expected[name]?.expected_status);
});
