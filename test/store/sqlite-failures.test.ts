import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { bindStore } from '../../src/store/bind-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openSqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts';
import type { Store } from '../../src/store/store.ts';
import { aDestination, anUpdate, withDestination } from './store-under-test.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A store whose writing thread runs another program. */
async function openWith(program: string): Promise<Store> {
  const writerProgram = new URL(`./programs/${program}`, import.meta.url);
  return bindStore(await openSqliteEngine({ folder, mode: 'server', clock: systemClock, writerProgram }));
}

describe('when the disk is full', () => {
  test('writes are refused, reads go on, and it passes by itself', async () => {
    await using store = await openWith('cramped-writer.ts');
    const { account, destination } = await withDestination(store);
    const batches: string[] = [];
    const fill = async () => {
      for (;;) {
        const batchId = randomBytes(16).toString('hex');
        await store.spool.append(batchId, randomBytes(300_000));
        batches.push(batchId);
      }
    };
    const full = { code: 'Overloaded', message: expect.stringContaining('full') };
    await expect(fill()).rejects.toMatchObject(full);
    // What is committed together with a write that finds no room fails with it: none of them is in the store.
    const big = { properties: { note: randomBytes(200_000).toString('hex') } };
    const group = [aDestination(account), aDestination(account, big)];
    const settled = await Promise.allSettled(group.map((each) => store.destinations.create(each)));
    expect(settled).toMatchObject(group.map(() => ({ status: 'rejected', reason: full })));
    expect(await store.destinations.list(account.id)).toEqual([destination]);

    await store.spool.drop(batches);
    expect(await store.destinations.update(anUpdate(destination))).toMatchObject({ revision: 2 });
  });
});

describe('when a sync fails', () => {
  test('nothing of the group is acknowledged, nothing more is written, and the process is told', async () => {
    const store = await openWith('failing-writer.ts');
    const { account, destination } = await withDestination(store);
    let told: unknown;
    store.failed.catch((error) => {
      told = error;
    });

    writeFileSync(path.join(folder, 'backstitch.sqlite.broken'), '');
    const refused = { code: 'StoreUnavailable' };
    const group = [anUpdate(destination), anUpdate(destination, { name: 'late' })];
    const settled = await Promise.allSettled(group.map((each) => store.destinations.update(each)));
    expect(settled).toMatchObject(group.map(() => ({ status: 'rejected', reason: refused })));
    await expect(store.failed).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('injected failure of the sync'),
    });
    expect(told).toBeDefined();

    rmSync(path.join(folder, 'backstitch.sqlite.broken'));
    await expect(store.destinations.create(aDestination(account))).rejects.toMatchObject(refused);
    await expect(store.ping()).rejects.toMatchObject(refused);
    await store[Symbol.asyncDispose]();

    await using again = await openStore({ url: 'sqlite', folder, mode: 'server' });
    expect(await again.destinations.list(account.id)).toEqual([destination]);
    expect(await again.destinations.update(anUpdate(destination))).toMatchObject({ revision: 2 });
  });
});

describe('when the thread that writes cannot be started', () => {
  test('the store does not open, and leaves the folder free', async () => {
    await expect(openWith('there-is-none.ts')).rejects.toMatchObject({ code: 'StoreUnavailable' });
    await using store = await openStore({ url: 'sqlite', folder, mode: 'server' });
    expect(await store.ping()).toMatchObject({ engine: 'sqlite' });
  });
});
