import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort, startPostgres } from '../test/support/embedded-postgres.ts';
import { type ChildServer, startChildServer } from './child-server.ts';
import { createTestDestinations, type TestDestination } from './destinations.ts';
import { type Load, load, median } from './load.ts';

/**
 * Measures the control plane of the built server, everything on this machine: reads against a bare route, durable
 * updates, start and memory. docs/performance.md says how to read the figures.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

const token = `ac_${randomBytes(32).toString('base64url')}`;
const authorization = `Bearer ${token}`;
const home = mkdtempSync(path.join(tmpdir(), 'backstitch-bench-'));
const folder = (name: string) => path.join(home, name);

async function startServer(data: string): Promise<ChildServer> {
  const port = await freePort();
  const env = {
    BACKSTITCH_DATA: data,
    BACKSTITCH_PORT: String(port),
    BACKSTITCH_TOKEN: token,
    BACKSTITCH_LOG_LEVEL: 'warn',
  };
  return await startChildServer({ program: ['dist/main.js', 'serve'], port, env, path: '/health' });
}

async function measureStart(): Promise<void> {
  const first: number[] = [];
  const later: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const times of [first, later]) {
      await using server = await startServer(folder(`start-${round}`));
      times.push(server.startMilliseconds);
    }
  }
  await using server = await startServer(folder('start-0'));
  await pause(5_000);
  report('start to first answer, first start', `${median(first).toFixed(0)} ms`);
  report('start to first answer, later starts', `${median(later).toFixed(0)} ms`);
  report('idle memory after 5 s', `${server.residentMegabytes().toFixed(0)} MB`);
}

async function measureReads(server: ChildServer, { id }: TestDestination): Promise<void> {
  const route = `/v4/destinations/${id}`;
  const answer = await fetch(server.url + route, { headers: { authorization } });
  const dropped = ['connection', 'content-length', 'date', 'keep-alive', 'x-request-id'];
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !dropped.includes(name)));
  const port = await freePort();
  await using bare = await startChildServer({
    program: ['bench/bare-server.ts'],
    port,
    env: { PORT: String(port), TOKEN: token, BODY: await answer.text(), HEADERS: JSON.stringify(headers) },
    path: '/health',
  });
  const read = ({ url }: ChildServer) =>
    load({
      url,
      connections: 16,
      duration: seconds,
      requests: [{ path: route, headers: { authorization } }],
    });

  const pairs: { readonly bare: Load; readonly ours: Load }[] = [];
  await read(bare);
  await read(server);
  for (let round = 0; round < rounds; round += 1)
    pairs.push({ bare: await read(bare), ours: await read(server) });
  const ratio = median(pairs.map(({ ours, bare }) => ours.perSecond / bare.perSecond));
  report('GET one destination', `${median(pairs.map(({ ours }) => ours.perSecond)).toFixed(0)}/s`);
  report(
    'the same bytes from a bare route',
    `${median(pairs.map(({ bare }) => bare.perSecond)).toFixed(0)}/s`,
  );
  report('ratio, median of the rounds', ratio.toFixed(2));
}

async function measureUpdates(server: ChildServer, destinations: readonly TestDestination[]): Promise<void> {
  const runs: (Load & { readonly checks: number })[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const checks = new Set<string>();
    let connection = 0;
    const run = await load({
      url: server.url,
      connections: 32,
      duration: seconds,
      requests: [{ path: '/health' }],
      setupClient(client) {
        connection += 1;
        client.setRequests(updates(destinations, `${round}_${connection}`));
        client.on('headers', ({ headers }: { headers: readonly string[] }) => {
          const at = headers.findIndex((name) => name.toLowerCase() === 'backstitch-check');
          if (at >= 0) checks.add(headers[at + 1]!);
        });
      },
    });
    runs.push({ ...run, checks: checks.size });
  }
  report(
    'PUT one of 100 destinations, durable',
    `${median(runs.map(({ perSecond }) => perSecond)).toFixed(0)}/s`,
  );
  report('… p50', `${median(runs.map(({ p50 }) => p50))} ms`);
  report('… p99', `${median(runs.map(({ p99 }) => p99))} ms`);
  report('… updates in all', String(runs.reduce((sum, { total }) => sum + total, 0)));
  report('… connection checks started by them', String(runs.reduce((sum, { checks }) => sum + checks, 0)));
  report('memory after the updates', `${server.residentMegabytes().toFixed(0)} MB`);
}

/** Requests of one connection: in an order of its own, and each with a new database name, so that it changes something. */
function updates(destinations: readonly TestDestination[], connection: string) {
  return [0, 1, 2, 3].flatMap((lap) =>
    shuffled(destinations).map(({ id, connection: settings }) => ({
      method: 'PUT',
      path: `/v3/destinations/${id}`,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        type: 'postgres',
        connection: { ...settings, database: `d_${connection}_${lap}` },
      }),
    })),
  );
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

const report = (what: string, figure: string): void => console.log(`${what.padEnd(44)} ${figure}`);

try {
  await measureStart();
  await using postgres = await startPostgres();
  await using server = await startServer(folder('load'));
  const destinations = await createTestDestinations({ server, authorization, postgres, count: 100 });
  await measureReads(server, destinations[0]!);
  await measureUpdates(server, destinations);
} finally {
  rmSync(home, { recursive: true, force: true });
}
