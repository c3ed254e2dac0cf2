import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createTestDatabase } from '../support/database.ts';
import { strippedSources } from '../support/strip-sources.ts';
import { readBody } from './contract/batches.ts';
import { aPlan, backlogOf, idsOf } from './records-under-test.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Killed {
  readonly accountId: number;
  readonly sourceId: number;
  /** Ids of batches in the order in which they were acknowledged. */
  readonly acknowledged: readonly string[];
}

/** Lets a process accept batches until so many are acknowledged, and kills it without warning. */
async function acceptAndDie(url: string, count: number): Promise<Killed> {
  const program = path.join(import.meta.dirname, 'programs/keep-accepting.ts');
  const child = spawn(process.execPath, [...strippedSources, program, url, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on('line', (line) => lines.push(line));
  const [closed, exited] = [once(output, 'close'), once(child, 'exit')];
  while (lines.length <= count) await Promise.race([once(output, 'line'), exited]);
  child.kill('SIGKILL');
  await Promise.all([closed, exited]);
  const [ids = '', ...acknowledged] = lines;
  const [accountId = 0, sourceId = 0] = ids.split(' ').map(Number);
  return { accountId, sourceId, acknowledged: acknowledged.filter((id) => id.length === 32) };
}

/** All that was acknowledged is there, what is there is whole, and counted. */
async function expectWhole(store: Store, { accountId, sourceId, acknowledged }: Killed): Promise<void> {
  const stored = await store.batches.list(accountId, sourceId, { limit: 100_000 });
  const ids = new Set(stored.map(({ id }) => id));
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  for (const { id, rawBytes } of stored) {
    const body = await readBody(store, id);
    expect(body.length).toBe(rawBytes);
    expect(body.equals(Buffer.from(id.repeat(rawBytes / id.length)))).toBe(true);
  }
  const backlog = Object.values(await backlogOf(store));
  const bytes = stored.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  expect(backlog.reduce(([batches, sum], [more, size]) => [batches + more, sum + size], [0, 0])).toEqual([
    stored.length,
    bytes,
  ]);
}

test('what a killed process acknowledged is readable in whole, on the embedded store', async () => {
  for (const count of [1, 60, 250]) {
    const killed = await acceptAndDie('sqlite', count);
    await using store = await openStore({ url: 'sqlite', folder, mode: 'server' });
    await expectWhole(store, killed);
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what a killed process acknowledged is readable in whole, on PostgreSQL', async () => {
  await using database = await createTestDatabase();
  for (const count of [1, 150]) {
    const killed = await acceptAndDie(database.url, count);
    await using store = await openStore({ url: database.url, folder, mode: 'server' });
    await expectWhole(store, killed);
    await store.accounts.delete(killed.accountId);
  }
});

test('a killed server leaves no lane leased: its load is handed out again at once', async () => {
  const { acknowledged } = await acceptAndDie('sqlite', 40);
  await using store = await openStore({ url: 'sqlite', folder, mode: 'server' });
  const [load] = await store.loads.plan(aPlan());
  expect(load).toMatchObject({ fence: 2, attempt: 1 });
  expect(idsOf(load)).toEqual(acknowledged.slice(0, 1));
});
