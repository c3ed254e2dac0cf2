import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/http/ops/openapi.ts';
import { v3Body } from '../support/http-destinations.ts';
import { type RunningProgram, startServer } from '../support/program.ts';

/** Bytes that no client means to send, to a server in a process of its own (faults X16 to X18). */
const token = 'a-token-for-tests';
const home = mkdtempSync(path.join(tmpdir(), 'backstitch-noise-'));
let server: RunningProgram;
let port: number;
beforeAll(async () => {
  server = await startServer({
    BACKSTITCH_DATA: path.join(home, 'data'),
    BACKSTITCH_TOKEN: token,
    BACKSTITCH_LOG_LEVEL: 'debug',
    BACKSTITCH_FAILED_LOGINS_PER_MINUTE: '1000000',
  });
  port = Number(new URL(server.address).port);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

/** Sends bytes, and no more after them; everything that came back by the time the server had closed. */
function exchange(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket: Socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Some of it makes the server close in the middle.
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

function requestOf(method: string, target: string, body: string): string {
  const length =
    body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: ${token}\r\nConnection: close\r\n${length}\r\n${body}`;
}

const calls = operations.map(({ method, path: template, body }) => ({
  method: method.toUpperCase(),
  target: template.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'type' ? 'postgres' : '1')),
  body: body ? JSON.stringify(v3Body({ host: '127.0.0.1', port: 1 })) : '',
}));

const pieces = [
  '\r\n',
  '\n',
  '\0',
  '\x1b[2J',
  '\u2028',
  '%00',
  '%0d%0a',
  '../',
  '"',
  "'",
  '{{',
  '__proto__',
  '9'.repeat(40),
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 3\r\n',
  '\xff\xfe',
  'ё',
];

type Cut = readonly [where: number, length: number, piece: string];

const cutUp = (text: string, cuts: readonly Cut[]): string =>
  cuts.reduce((before, [where, length, piece]) => {
    const at = where % (before.length + 1);
    return before.slice(0, at) + piece + before.slice(at + length);
  }, text);

/** A request with some of its bytes replaced, dropped or doubled: anywhere, or in its target or body alone. */
const mutated = fc
  .tuple(
    fc.constantFrom(...calls),
    fc.constantFrom('anywhere', 'target', 'body', 'body'),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 8 }), fc.constantFrom('', ...pieces)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([{ method, target, body }, where, cuts]) => {
    if (where === 'target')
      return requestOf(method, `/${cutUp(target.slice(1), cuts).replaceAll(/\s/g, '+')}`, body);
    if (where === 'body') return requestOf(method, target, cutUp(body, cuts));
    return cutUp(requestOf(method, target, body), cuts);
  });

/** What must never be told: stacks, paths, SQL, the names of modules. */
const inside = /\n +at |\.[tj]s:\d|node_modules|node:internal|SQLITE_|select .* from|\/src\/|\/dist\//i;

describe('two thousand requests with wrong bytes in them', () => {
  test('get no 5xx, nothing of the inside, and leave one JSON object a line in the log', async () => {
    const requests = fc.sample(mutated, { numRuns: 2000, seed: 20_180_206 });
    const wrong: string[] = [];
    let answered = 0;
    const send = async (): Promise<void> => {
      for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
        const answer = await exchange(Buffer.from(request));
        if (answer !== '') answered += 1;
        if (/^HTTP\/1\.1 5/m.test(answer) || inside.test(answer)) wrong.push(`${request}\n→ ${answer}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, send));
    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThan(1500);
    // Lines that are JSON are the log; anything else would be here.
    expect([server.printed, server.errors]).toEqual([[], []]);
    expect(server.log.filter(({ level }) => level !== 'debug' && level !== 'info')).toEqual([]);
    expect(server.log.length).toBeGreaterThan(1000);
    // As a client that waits for its answer: Node gives up on one that has closed its side, unless it is quick.
    expect(await (await fetch(`${server.address}/health`)).json()).toMatchObject({ status: 'ok' });
  });
});

describe('a body made to cost more than it is worth', () => {
  const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
  test.each([
    ['lists in lists', `{"type":"postgres","connection":${deep('[', ']')}}`],
    [
      'objects in objects',
      `{"type":"postgres","connection":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
    ],
    ['lists without an end', '['.repeat(1_000_000)],
    [
      'a hundred thousand properties',
      `{"type":"postgres","connection":{${Array.from({ length: 60_000 }, (_, index) => `"p${index}":1`).join()}}}`,
    ],
    ['one very long property', `{"type":"postgres","connection":{"${'hots'.repeat(250_000)}":1}}`],
    [
      'prototypes',
      '{"type":"postgres","connection":{"__proto__":{"host":"127.0.0.1"},"constructor":{"prototype":{"ssl":true}}}}',
    ],
    ['backslashes', `{"type":"postgres","connection":{"host":"${'\\\\'.repeat(400_000)}"}}`],
    ['digits', `{"type":"postgres","connection":{"port":${'9'.repeat(900_000)}}}`],
  ])('%s is a 400, and nobody else waits for it', async (_what, body) => {
    const [answer, neighbour] = await Promise.all([
      exchange(Buffer.from(requestOf('POST', '/v3/destinations', body))),
      exchange(Buffer.from(requestOf('GET', '/v3/destinations', ''))),
    ]);
    expect(answer.split('\r\n', 1)[0]).toBe('HTTP/1.1 400 Bad Request');
    expect(neighbour).toContain('HTTP/1.1 200 OK');
    expect(Object.keys({})).toEqual([]);
  });

  test('more than a megabyte is not read', async () => {
    const body = JSON.stringify({ ...v3Body(), more: 'x'.repeat(2 ** 20) });
    expect(await exchange(Buffer.from(requestOf('POST', '/v3/destinations', body)))).toContain(
      'HTTP/1.1 413',
    );
  });

  test.each([
    ['ten thousand headers', Array.from({ length: 10_000 }, (_, index) => `X-${index}: 1\r\n`).join('')],
    ['a long header', `X-A: ${'x'.repeat(100_000)}\r\n`],
  ])('%s are a 431', async (_what, headers) => {
    const request = `GET /health HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
    expect(await exchange(Buffer.from(request))).toContain('HTTP/1.1 431');
  });
});
