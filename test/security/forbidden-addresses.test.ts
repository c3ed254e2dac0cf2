import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/lib/json.ts';
import { startEchoServer } from '../support/echo-server.ts';
import { connection } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Where connections may go, asked through the API (faults X2 to X5). The verdicts themselves are src/network's. */
interface Step {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly code: string | null;
}

async function stepsOf(server: TestServer, properties: JsonObject): Promise<readonly Step[]> {
  const answer = await server.request('POST', '/v4/destination-types/postgres/check', {
    body: { properties: connection(properties) },
  });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<{ steps: Step[] }>().steps;
}

/** All steps after the settings, without times, the host that was asked for, and the name of its property. */
async function verdict(server: TestServer, properties: JsonObject, host: string): Promise<Step[]> {
  const steps = await stepsOf(server, properties);
  const plain = (text: string | null) =>
    text?.replaceAll(host, 'HOST').replaceAll('encryption_host', 'host') ?? null;
  return steps.slice(1).map(({ name, status, message, remedy, code }) => ({
    name,
    status,
    message: plain(message) ?? '',
    remedy: plain(remedy),
    code,
  }));
}

const tunnel = (host: string, port = 22): JsonObject => ({
  encryption_type: 'ssh',
  encryption_host: host,
  encryption_port: port,
  encryption_username: 'x',
});

const nobodyMeans = [
  ['169.254.169.254', 'metadata'],
  ['0xa9fea9fe', 'metadata in hexadecimal'],
  ['2852039166', 'metadata as one number'],
  ['0251.0376.0251.0376', 'metadata in octal'],
  ['169.254.43518', 'metadata in three parts'],
  ['169.254.169.254.', 'metadata with a dot at the end'],
  ['::ffff:169.254.169.254', 'metadata mapped into IPv6'],
  ['::ffff:a9fe:a9fe', 'the same in hexadecimal'],
  ['64:ff9b::a9fe:a9fe', 'metadata behind NAT64'],
  ['2002:a9fe:a9fe::1', 'metadata behind 6to4'],
  ['fd00:ec2::254', 'metadata over IPv6'],
  ['100.100.100.200', 'metadata of another cloud'],
  ['169.254.1.1', 'link-local'],
  ['fe80::1', 'link-local over IPv6'],
  ['0', 'unspecified'],
  ['0.0.0.0', 'unspecified in four parts'],
  ['::', 'unspecified over IPv6'],
  ['224.0.0.1', 'multicast'],
  ['ff02::1', 'multicast over IPv6'],
  ['255.255.255.255', 'broadcast'],
] as const;

describe('addresses that nobody means to send data to', () => {
  let server: TestServer;
  let expected: Step[];
  beforeAll(async () => {
    server = await startTestServer({ checks: { perMinute: 1000 } });
    expected = await verdict(server, { host: '224.0.0.251' }, '224.0.0.251');
  });
  afterAll(async () => await server?.[Symbol.asyncDispose]());

  test.each(nobodyMeans)('%s (%s) is refused by the policy, whatever is there', async (host) => {
    expect(expected.slice(0, 3)).toMatchObject([
      { name: 'resolve', status: 'passed' },
      { name: 'policy', status: 'failed' },
      { name: 'connect', status: 'skipped' },
    ]);
    expect(await verdict(server, { host }, host)).toEqual(expected);
    const throughTunnel = await verdict(server, tunnel(host), host);
    expect(throughTunnel.slice(0, 3)).toEqual(expected.slice(0, 3));
  });
});

describe('where several tenants share a server', () => {
  test('loopback and private addresses sound the same, whether or not something listens', async () => {
    await using server = await startTestServer({ policy: 'public' });
    await using listener = await startEchoServer();
    const expected = await verdict(server, { host: '10.0.0.1', port: 5432 }, '10.0.0.1');
    const spellings = ['127.0.0.1', '127.1', '0177.0.0.1', '0x7f000001', '2130706433', 'localhost', '::1'];
    for (const host of spellings)
      for (const port of [listener.port, 1]) {
        expect(await verdict(server, { host, port }, host)).toEqual(expected);
        const throughTunnel = await verdict(server, tunnel(host, port), host);
        expect(throughTunnel.slice(0, 3)).toEqual(expected.slice(0, 3));
      }
    expect(listener.connections).toBe(0);
  });

  test('a name that leads to one forbidden address among others is not dialled at all', async () => {
    await using server = await startTestServer({
      policy: 'public',
      allow: ['127.0.0.1'],
      lookup: async () => ['127.0.0.1', '127.0.0.2'],
    });
    await using listener = await startEchoServer();
    await verdict(server, { host: 'db.example.com', port: listener.port }, 'db.example.com');
    expect(listener.connections).toBe(0);
  });

  test('a name that changes its address between two questions is dialled where it was judged', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    let asked = 0;
    await using server = await startTestServer({
      policy: 'public',
      allow: ['127.0.0.1'],
      lookup: async () => [answers[asked++ % 2] as string],
    });
    await using listener = await startEchoServer({ answer: (socket) => socket.destroy() });
    const properties = { host: 'rebinding.example.com', port: listener.port };
    const steps = await stepsOf(server, properties);
    expect(steps.find(({ name }) => name === 'connect')).toMatchObject({ status: 'passed' });
    expect([asked, listener.connections]).toEqual([1, 1]);
    // The next check asks anew, and judges what it is told now.
    await verdict(server, properties, 'rebinding.example.com');
    expect([asked, listener.connections]).toEqual([2, 1]);
  });
});
