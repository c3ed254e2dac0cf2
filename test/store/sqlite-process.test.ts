import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { strippedSources } from '../support/strip-sources.ts';
import { aClaim, required, withDestination } from './store-under-test.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (mode: 'server' | 'shared'): Promise<Store> => openStore({ url: 'sqlite', folder, mode });

/** Another process that owns the store and writes; ids it printed are acknowledged. */
async function startWriter() {
  const program = path.join(import.meta.dirname, 'programs/keep-writing.ts');
  const child = spawn(process.execPath, [...strippedSources, program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on('line', (line) => lines.push(line));
  const reached = async (count: number) => {
    while (lines.length < count) await once(output, 'line');
  };
  return {
    pid: required(child.pid),
    reached,
    /** Kills it without warning; what it had acknowledged by then. */
    async kill() {
      const [closed, exited] = [once(output, 'close'), once(child, 'exit')];
      child.kill('SIGKILL');
      await Promise.all([closed, exited]);
      const [account = '', ...ids] = lines;
      return { accountId: Number(account.replace('account ', '')), ids: ids.map(Number) };
    },
  };
}

describe('a process that is killed', () => {
  test('has stored everything it had acknowledged, each time', async () => {
    for (const count of [40, 150, 333]) {
      const writer = await startWriter();
      await writer.reached(count);
      const { accountId, ids } = await writer.kill();
      await using store = await open('server');
      const stored = new Set((await store.destinations.list(accountId)).map(({ id }) => id));
      expect(ids.filter((id) => !stored.has(id))).toEqual([]);
      expect(ids.length).toBeGreaterThanOrEqual(count - 1);
    }
  });

  test('leaves no lease behind: its checks are taken up again at once', async () => {
    const writer = await startWriter();
    await writer.reached(2);
    const { ids } = await writer.kill();
    await using store = await open('server');
    const [taken] = await store.checks.claim(aClaim({ limit: 1 }));
    expect(taken).toMatchObject({ fence: 2, check: { destinationId: ids[0] } });
    expect(await store.leases.acquire('lane', 'me', 1_000)).toEqual({ fence: 2 });
  });

  test('leaves the data folder free', async () => {
    const writer = await startWriter();
    await writer.reached(1);
    await expect(open('server')).rejects.toMatchObject({
      code: 'StoreInUse',
      message: expect.stringContaining(`Process ${writer.pid} `),
      data: { pid: writer.pid },
    });
    await writer.kill();
    await using store = await open('server');
    expect(await store.ping()).toMatchObject({ engine: 'sqlite' });
  });
});

describe('the data folder', () => {
  test('belongs to one server, even within a process', async () => {
    await using _owner = await open('server');
    await expect(open('server')).rejects.toMatchObject({ code: 'StoreInUse', data: { pid: process.pid } });
  });

  test('is free although a number is left in it that another process has now', async () => {
    writeFileSync(path.join(folder, 'server.pid'), '1\n');
    await using _owner = await open('server');
    expect(readFileSync(path.join(folder, 'server.pid'), 'utf8')).toBe(`${process.pid}\n`);
  });

  test('is open to commands beside a server, and each sees what the other writes', async () => {
    await using server = await open('server');
    await using command = await open('shared');
    const { account, destination } = await withDestination(command);
    expect(await server.destinations.get(account.id, destination.id)).toEqual(destination);
    await server.destinations.delete({ accountId: account.id, id: destination.id, actor: 'cli' });
    expect(await command.destinations.get(account.id, destination.id)).toBeNull();
  });

  test('keeps what is in it from other users of the machine', async () => {
    await using _owner = await open('server');
    for (const file of ['backstitch.sqlite', 'backstitch.sqlite-wal', 'server.pid'])
      expect(statSync(path.join(folder, file)).mode & 0o077).toBe(0);
  });

  test('that is no database is left alone', async () => {
    const file = path.join(folder, 'backstitch.sqlite');
    writeFileSync(file, 'something else entirely, and longer than a header of a hundred bytes '.repeat(40));
    await expect(open('server')).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining(folder),
    });
    expect(readFileSync(file, 'utf8')).toContain('something else entirely');
  });
});

test('a store that was closed is one file, which can be copied alone', async () => {
  const store = await open('server');
  const { account } = await withDestination(store);
  await store[Symbol.asyncDispose]();
  expect(readdirSync(folder).filter((file) => file.startsWith('backstitch.sqlite'))).toEqual([
    'backstitch.sqlite',
  ]);
  const copy = path.join(folder, 'copy');
  mkdirSync(copy);
  copyFileSync(path.join(folder, 'backstitch.sqlite'), path.join(copy, 'backstitch.sqlite'));
  await using copied = await openStore({ url: 'sqlite', folder: copy, mode: 'server' });
  expect(await copied.destinations.list(account.id)).toHaveLength(1);
});
