import { parseArgs } from 'node:util';
import { type Answers, whileSending } from './body-sender.ts';
import { flatRecords } from './flat-records.ts';
import { type IngestServer, type RecordSender, startIngestServer } from './ingest-server.ts';
import { type Load, load, median } from './load.ts';

/**
 * Measures taking records in, by the built server with its embedded store: what durability costs, what others notice
 * of large bodies, and memory. Nothing is loaded meanwhile. docs/performance.md says how to read the figures.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'small,large,others,fairness' },
  },
});
const rounds = Number(options.rounds);
const duration = Number(options.seconds);
const only = options.only.split(',');
const megabyte = 1024 * 1024;

/** A push of at most so many bytes: records of 300 bytes with sequences of 19 digits, or a single one; 20,000 longer ones. */
function pushOf({ clientId }: RecordSender, bytes: number): Buffer {
  const texts: string[] = [];
  let left = bytes - 2;
  for (let index = 0; ; index += 1) {
    const [record] = flatRecords(1, index);
    const data = bytes > 5 * megabyte ? { ...record, text: 'more words '.repeat(60) } : record;
    const envelope = { client_id: clientId, table_name: 'flat', action: 'upsert', key_names: ['id'], data };
    const sequence = 1_795_414_180_789_266_000n + BigInt(index);
    const text = `{"sequence":${sequence},"time_extracted":"2026-11-01T00:00:00Z",${JSON.stringify(envelope).slice(1)}`;
    left -= text.length + 1;
    if (index > 0 && (left < 0 || index === 20_000)) break;
    texts.push(text);
  }
  return Buffer.from(`[${texts.join()}]`);
}

const report = (what: string, figure: string): void => console.log(`${what.padEnd(56)} ${figure}`);
const medianOf = (loads: readonly Load[], figure: (load: Load) => number): number =>
  median(loads.map(figure));

async function send(
  { server }: IngestServer,
  call: 'push' | 'validate',
  { headers }: RecordSender,
  body: Buffer,
  connections: number,
): Promise<Load> {
  return await load({
    url: server.url,
    connections,
    duration,
    requests: [{ method: 'POST', path: `/v2/import/${call}`, headers, body }],
  });
}

/** The same bodies in turn: stored durably, and only parsed and checked. */
async function measureDurability(name: string, bytes: number, connections: number): Promise<void> {
  await using ingest = await startIngestServer();
  const [sender] = ingest.senders;
  const body = pushOf(sender, bytes);
  interface Measured extends Load {
    /** Microseconds of processors that one request takes of the server: what tells on a busy machine. */
    readonly cost: number;
  }
  const measure = async (call: 'push' | 'validate'): Promise<Measured> => {
    const before = ingest.server.processorSeconds();
    const done = await send(ingest, call, sender, body, connections);
    return { ...done, cost: ((ingest.server.processorSeconds() - before) / done.total) * 1e6 };
  };
  const pairs: { readonly durable: Measured; readonly parsed: Measured }[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const parsed = await measure('validate');
    const durable = await measure('push');
    if (round >= 0) pairs.push({ parsed, durable });
  }
  const [durable, parsed] = [pairs.map((pair) => pair.durable), pairs.map((pair) => pair.parsed)];
  const rate = (loads: readonly Measured[]) => {
    const perSecond = medianOf(loads, (each) => each.perSecond);
    return `${perSecond.toFixed(0)}/s, ${((perSecond * body.length) / 1e6).toFixed(0)} MB/s, p99 ${medianOf(loads, ({ p99 }) => p99)} ms, ${median(loads.map(({ cost }) => cost)).toFixed(0)} µs of processors each`;
  };
  report(`${name} (${body.length} B, ${connections} connections), durable`, rate(durable));
  report('… parsed and checked only', rate(parsed));
  report('… ratio', median(pairs.map((pair) => pair.durable.perSecond / pair.parsed.perSecond)).toFixed(2));
  report(
    '… ratio of processor time',
    median(pairs.map((pair) => pair.parsed.cost / pair.durable.cost)).toFixed(2),
  );
  report('… ratio of p99', median(pairs.map((pair) => pair.durable.p99 / pair.parsed.p99)).toFixed(2));
  report('… peak memory of the server', `${ingest.server.peakMegabytes().toFixed(0)} MB`);
}

const readerOf = ({ server, destination }: IngestServer) => ({
  health: () => load({ url: server.url, connections: 1, duration, requests: [{ path: '/health' }] }),
  destination: () => load({ url: server.url, connections: 1, duration, requests: [destination] }),
});

const told = (answers: Answers): string =>
  Object.entries(answers)
    .map(([answer, count]) => `${count} × ${answer}`)
    .join(', ') || 'none';

/** What somebody who asks for something else notices. */
async function measureOthers(name: string, bytes: number, connections: number): Promise<void> {
  await using ingest = await startIngestServer();
  const [sender] = ingest.senders;
  const read = readerOf(ingest);
  const asked: { health: Load[]; destination: Load[] } = { health: [], destination: [] };
  const bodies = {
    url: `${ingest.server.url}/v2/import/push`,
    ...sender,
    body: pushOf(sender, bytes),
    connections,
  };
  const [, answers] = await whileSending(bodies, async () => {
    for (let round = 0; round < rounds; round += 1) {
      asked.health.push(await read.health());
      asked.destination.push(await read.destination());
    }
  });
  const worst = (loads: readonly Load[]) =>
    `p99 ${medianOf(loads, ({ p99 }) => p99)} ms, worst round ${Math.max(...loads.map(({ p99 }) => p99))} ms`;
  report(`/health beside ${name} on ${connections} connections`, worst(asked.health));
  report('GET /v4/destinations/{id} beside them', worst(asked.destination));
  report('… answers to the bodies', told(answers));
  report('… peak memory of the server', `${ingest.server.peakMegabytes().toFixed(0)} MB`);
}

/** Small pushes of one account, in turn with and without another one that sends the largest bodies on 64 connections. */
async function measureFairness(): Promise<void> {
  await using ingest = await startIngestServer();
  const [greedy, other] = ingest.senders;
  const small = pushOf(other, 300);
  const url = `${ingest.server.url}/v2/import/push`;
  const bodies = { url, ...greedy, body: pushOf(greedy, 19.9 * megabyte), connections: 64 };
  const pairs: { readonly alone: Load; readonly beside: Load }[] = [];
  const seen: Record<string, number> = {};
  for (let round = -1; round < rounds; round += 1) {
    const alone = await send(ingest, 'push', other, small, 16);
    const [beside, answers] = await whileSending(bodies, () => send(ingest, 'push', other, small, 16));
    if (round >= 0) pairs.push({ alone, beside });
    for (const [answer, count] of Object.entries(answers)) seen[answer] = (seen[answer] ?? 0) + count;
  }
  const p99 = (loads: readonly Load[]) => `p99 ${medianOf(loads, (each) => each.p99)} ms`;
  report('small pushes of one account', p99(pairs.map(({ alone }) => alone)));
  report('… beside 64 × 20 MB of another', p99(pairs.map(({ beside }) => beside)));
  report('… ratio of p99', median(pairs.map(({ alone, beside }) => beside.p99 / alone.p99)).toFixed(2));
  report(
    '… ratio of rates',
    median(pairs.map(({ alone, beside }) => beside.perSecond / alone.perSecond)).toFixed(2),
  );
  report('… answers to the 20 MB', told(seen));
  report('… peak memory of the server', `${ingest.server.peakMegabytes().toFixed(0)} MB`);
}

if (only.includes('small')) await measureDurability('pushes of one record', 300, 64);
if (only.includes('large')) await measureDurability('pushes of 1 MB', megabyte, 8);
if (only.includes('others')) {
  await measureOthers('1 MB', megabyte, 16);
  await measureOthers('20 MB', 19.9 * megabyte, 16);
}
if (only.includes('fairness')) await measureFairness();
