import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createBatchSender } from '../../src/cli/send-batches.ts';
import { systemClock } from '../../src/lib/clock.ts';

type Respond = (response: ServerResponse, request: IncomingMessage) => void;

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Respond =>
  (response) =>
    void response.writeHead(status, headers).end(JSON.stringify(body));
const accepted = json(201, { status: 'OK', message: 'Batch Accepted!' });

/** Sends one batch to a server that answers each request in its own way, and tells what came in. */
async function send(answers: readonly Respond[], retryMilliseconds = 20_000) {
  const seen: { key: unknown; body: string }[] = [];
  const notes: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push({ key: request.headers['idempotency-key'], body: await text(request) });
    answers[Math.min(seen.length, answers.length) - 1]?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const batch = createBatchSender({
    target: { server: new URL(`http://127.0.0.1:${port}`), token: 'token' },
    clock: systemClock,
    retryMilliseconds,
    note: (remark) => void notes.push(remark),
  });
  try {
    const failure = await batch({ body: '{"n":"é"}', label: 'a batch' }).catch((error: unknown) => error);
    return { seen, notes, failure };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test.each<[string, Respond]>([
  ['a connection that breaks', (response) => void response.destroy()],
  ['503', json(503, { status: 'ERROR', message: 'full' })],
  ['429', json(429, { message: 'slowly' })],
  ['a success that no server of ours says', (response) => void response.end('<html>')],
])('after %s, the same body is sent again with the same key', async (_, first) => {
  const { seen, notes, failure } = await send([first, accepted]);
  expect(failure).toBe(0);
  expect(seen).toHaveLength(2);
  expect(seen[0]).toEqual(seen[1]);
  expect(seen[0]).toMatchObject({ key: expect.stringMatching(/^[\w-]{36}$/), body: '{"n":"é"}' });
  expect(notes).toHaveLength(2);
});

test('a batch that is queued is durable, too', async () => {
  const { seen, failure } = await send([json(202, { status: 'Accepted' })]);
  expect(failure).toBe(0);
  expect(seen).toHaveLength(1);
});

test.each<[number, Respond, string]>([
  [400, json(400, { error: 'Record 0 is wrong\u001b[2J' }), 'Record 0 is wrong\\u{1b}[2J'],
  [401, json(401, { error: 'Forbidden', errors: { error: 'Not active.' } }), 'Forbidden: Not active.'],
  [415, json(415, 'Content-Type must be application/json'), 'Content-Type must be'],
  [302, json(302, {}, { location: 'http://127.0.0.1:1/' }), '{}'],
])('%i is final, and told in the words of the server', async (status, answer, words) => {
  const { seen, failure } = await send([answer]);
  expect(seen).toHaveLength(1);
  expect(String(failure)).toContain(`the server refuses a batch with status ${status}: ${words}`);
});

test('a server that has no room for too long is given up, with its reason', async () => {
  const full = json(503, { status: 'ERROR', message: 'The disk is full' }, { 'retry-after': '30' });
  const { seen, failure } = await send([full], 5_000);
  expect(seen).toHaveLength(1);
  expect(failure).toMatchObject({ code: 'Overloaded', message: expect.stringContaining('The disk is full') });
});
