import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IntakeOptions } from '../../src/intake/create-intake.ts';
import { until } from '../support/embedded-postgres.ts';
import { batchBody, createImportSource, type ImportSource } from '../support/import-source.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const megabyte = 1024 * 1024;

let server: TestServer;
let one: ImportSource;
let other: ImportSource;
beforeEach(async () => {
  server = await startRoom({ graceMilliseconds: 100, roomMilliseconds: 10_000 });
  one = await addAccount(server);
  other = await addAccount(server);
});
afterEach(async () => await server?.[Symbol.asyncDispose]());

/** Room for 24 MB, 20 of them for one account. */
const startRoom = (intake: Partial<IntakeOptions>): Promise<TestServer> =>
  startTestServer({ intake: { bytesInFlight: 24 * megabyte, ...intake } });
const addAccount = async (to: TestServer): Promise<ImportSource> =>
  await createImportSource(to, { as: await to.enter() });

const bodyOf = (bytes: number): string => JSON.stringify(batchBody()).padEnd(bytes);

interface StalledSender extends Disposable {
  /** What came back. */
  answer(): string;
}

/** Says how long its body will be, sends the beginning of it, and stops. Resolves when the server has read that. */
async function stall({ port }: TestServer, { token }: ImportSource, length: number): Promise<StalledSender> {
  const head = [
    'POST /v2/import/batch HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Authorization: Bearer ${token}`,
    'Expect: 100-continue',
    `Content-Length: ${length}`,
  ];
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.write(`${head.join('\r\n')}\r\n\r\n{"table_`);
  await until(() => expect(text).toContain('100 Continue'));
  return { answer: () => text, [Symbol.dispose]: () => socket.destroy() };
}

test('senders that stall leave room for other accounts, whatever their number', async () => {
  await using patient = await startRoom({ graceMilliseconds: 60_000, roomMilliseconds: 1_000 });
  const [busy, quiet] = [await addAccount(patient), await addAccount(patient)];
  using stack = new DisposableStack();
  for (let count = 0; count < 6; count++) stack.use(await stall(patient, busy, 5 * megabyte));
  expect((await quiet.send('batch', bodyOf(4 * megabyte))).status).toBe(201);
  expect((await busy.send('batch', batchBody())).status).toBe(503);
});

test('a sender that stalls gives up its room to whoever waits for it, and is told so', async () => {
  using stalled = await stall(server, one, 20 * megabyte);
  expect((await other.send('batch', bodyOf(10 * megabyte))).status).toBe(201);
  await until(() => expect(stalled.answer()).toContain('HTTP/1.1 503'));
  expect(stalled.answer()).toMatch(/retry-after: \d+/i);
  expect(stalled.answer()).toContain(
    '{"status":"ERROR","message":"The body came too slowly while other requests waited; try again later"}',
  );
});

test('also to its own account', async () => {
  using _stalled = await stall(server, one, 20 * megabyte);
  expect((await one.send('batch', bodyOf(megabyte))).status).toBe(201);
});

test('a sender that stalls keeps its room while nobody waits for it', async () => {
  using stalled = await stall(server, one, 20 * megabyte);
  for (let sent = 0; sent < 5; sent++)
    expect((await other.send('batch', bodyOf(4 * megabyte))).status).toBe(201);
  expect(stalled.answer()).not.toContain('503');
});

test('a sender that goes away gives its room back', async () => {
  (await stall(server, one, 20 * megabyte))[Symbol.dispose]();
  const answers = await Promise.all(
    [one, other, one].map((source) => source.send('batch', bodyOf(8 * megabyte))),
  );
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
});

test('an account whose records wait in too large a number is told to come again, and others are not', async () => {
  await using full = await startRoom({ accountBacklogBytes: 500 });
  const [busy, quiet] = [await addAccount(full), await addAccount(full)];
  expect((await busy.send('batch', bodyOf(400))).status).toBe(201);
  const refused = await busy.send('batch', bodyOf(400));
  expect([refused.status, refused.json()]).toEqual([
    503,
    { status: 'ERROR', message: expect.stringMatching(/of this account.*; try again later$/) },
  ]);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(await busy.acceptedTables()).toEqual(['customers']);
  expect((await quiet.send('batch', bodyOf(400))).status).toBe(201);
});
