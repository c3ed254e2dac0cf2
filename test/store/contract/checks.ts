import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Destination } from '../../../src/model/destination.ts';
import type { ClaimedCheck, Store } from '../../../src/store/store.ts';
import { aSource } from '../records-under-test.ts';
import {
  aClaim,
  aDestination,
  aFailure,
  anAccount,
  anUpdate,
  aResult,
  required,
  type StoreUnderTest,
  withDestination,
} from '../store-under-test.ts';

const next = async ({ checks }: Store): Promise<ClaimedCheck> => required((await checks.claim(aClaim()))[0]);

async function update(store: Store, from: Destination, parts = {}): Promise<Destination> {
  const updated = await store.destinations.update(anUpdate(from, parts));
  if (updated === null || updated === 'conflict') throw new Error('an update was lost');
  return updated;
}

export function checkContract(on: StoreUnderTest): void {
  describe('a check', () => {
    test('becomes the last one when it ends while its revision is the current one', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const { check, fence, sealed, ...claimed } = await next(store);
      expect(check).toMatchObject({ name: destination.checkJobName, status: 'running', revision: 1 });
      expect(check.startedAt).toBeGreaterThan(0);
      expect(claimed.destination).toEqual(destination);
      expect(sealed).toEqual({ password: 'sealed-password' });
      const result = aResult();
      expect(await store.checks.complete({ name: check.name, fence, result })).toBe(true);
      const ended = required(await store.checks.get(account.id, check.name));
      expect(ended).toMatchObject({
        status: 'succeeded',
        steps: result.steps,
        error: null,
        supersededBy: null,
      });
      const after = required(await store.destinations.get(account.id, destination.id));
      expect(after).toEqual({
        ...destination,
        lastCheck: {
          name: check.name,
          revision: 1,
          error: false,
          startedAt: ended.startedAt,
          completedAt: ended.completedAt,
        },
      });
    });

    test('that failed because we were refused pauses the destination until one succeeds', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const paused = async () => (await store.destinations.get(account.id, destination.id))?.systemPausedAt;
      const run = async (result: ReturnType<typeof aResult>) => {
        await store.checks.request(account.id, destination.id, { uuid: randomUUID(), origin: 'requested' });
        const { check, fence } = await next(store);
        await store.checks.complete({ name: check.name, fence, result });
        return check.name;
      };
      await run(aFailure());
      expect(await paused()).toBeNull();
      const name = await run(aFailure({ refused: true }));
      expect(await store.checks.get(account.id, name)).toMatchObject({
        status: 'failed',
        error: 'The port is closed. Open it.',
      });
      const since = await paused();
      expect(since).toBeGreaterThan(0);
      await run(aFailure());
      expect(await paused()).toBe(since);

      // It is probed when something is loaded into it, not too often, and once at a time.
      const probe = (restMilliseconds: number) =>
        store.checks.probe({ restMilliseconds, uuids: [randomUUID(), randomUUID()] });
      expect(await probe(0)).toBe(0);
      await store.sources.create({ ...aSource(account), destinationId: destination.id });
      expect(await probe(3_600_000)).toBe(0);
      expect(await probe(0)).toBe(1);
      expect(await probe(0)).toBe(0);
      await run(aResult());
      expect(await paused()).toBeNull();
    });

    test('is joined by what comes while it waits, and checks the newest revision', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const updated = await update(store, destination);
      expect(updated.checkJobName).toBe(destination.checkJobName);
      const asked = await store.checks.request(account.id, destination.id, {
        uuid: randomUUID(),
        origin: 'requested',
      });
      expect(asked).toMatchObject({ name: destination.checkJobName, revision: 2, origin: 'saved' });
      expect((await next(store)).check).toMatchObject({ name: destination.checkJobName, revision: 2 });
    });

    test('that is overtaken while it runs never becomes the last one, and its name leads to the newer', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const old = await next(store);
      const updated = await update(store, destination);
      expect(updated.checkJobName).not.toBe(old.check.name);
      expect(await store.checks.overtaken(aClaim().owner)).toEqual([old.check.name]);
      expect(await store.checks.overtaken('somebody else')).toEqual([]);
      expect(await store.checks.claim(aClaim())).toEqual([]);
      expect(await store.checks.get(account.id, old.check.name)).toMatchObject({
        name: updated.checkJobName,
        status: 'waiting',
      });
      await store.checks.complete({
        name: old.check.name,
        fence: old.fence,
        result: aFailure({ refused: true }),
      });
      const between = await store.destinations.get(account.id, destination.id);
      expect(between).toEqual(updated);
      const newer = await next(store);
      await store.checks.complete({ name: newer.check.name, fence: newer.fence, result: aResult() });
      expect(await store.checks.get(account.id, old.check.name)).toMatchObject({
        name: newer.check.name,
        status: 'succeeded',
      });
      expect(await store.checks.list(account.id, destination.id, 10)).toMatchObject([
        { name: newer.check.name, status: 'succeeded', revision: 2 },
        { name: old.check.name, status: 'superseded', revision: 1, supersededBy: newer.check.name },
      ]);
    });

    test('that is overtaken again and again leads over all of them to the last', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      let current = destination;
      for (let round = 0; round < 4; round += 1) {
        const running = await next(store);
        current = await update(store, current);
        await store.checks.complete({ name: running.check.name, fence: running.fence, result: aResult() });
      }
      expect(await store.checks.get(account.id, required(destination.checkJobName))).toMatchObject({
        name: current.checkJobName,
        revision: 5,
        status: 'waiting',
      });
    });

    test('keeps its result when an update that changes nothing asks for another', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const running = await next(store);
      await update(store, destination, { changed: false });
      await store.checks.complete({ name: running.check.name, fence: running.fence, result: aResult() });
      expect(await store.checks.get(account.id, running.check.name)).toMatchObject({ status: 'succeeded' });
      expect((await store.destinations.get(account.id, destination.id))?.lastCheck?.name).toBe(
        running.check.name,
      );
      expect((await next(store)).check.name).not.toBe(running.check.name);
    });

    test('ends with its destination', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const { check, fence } = await next(store);
      await store.destinations.delete({ accountId: account.id, id: destination.id, actor: 'cli' });
      expect(await store.checks.heartbeat({ name: check.name, fence, leaseMilliseconds: 1, steps: [] })).toBe(
        false,
      );
      expect(await store.checks.complete({ name: check.name, fence, result: aResult() })).toBe(false);
      expect(await store.checks.get(account.id, check.name)).toMatchObject({ status: 'failed' });
    });
  });

  describe('a proof', () => {
    test('is the last check of a destination from the beginning', async () => {
      const { accounts, destinations, checks } = on.store();
      const account = await accounts.create(anAccount());
      const proof = aResult({ origin: 'strict' });
      const made = await destinations.create(aDestination(account, { proof }));
      const name = `${account.id}.${made.id}.check.${proof.uuid}`;
      expect(made).toMatchObject({
        checkJobName: name,
        lastCheck: { name, revision: 1, error: false, startedAt: 1_000, completedAt: 2_000 },
      });
      expect(await checks.list(account.id, made.id, 10)).toMatchObject([
        { name, status: 'succeeded', origin: 'strict', steps: proof.steps },
      ]);
    });

    test('stands for the checks that it makes needless', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const running = await next(store);
      const second = await update(store, destination);
      const proof = aResult({ origin: 'strict' });
      const third = await update(store, second, { proof });
      const name = required(third.checkJobName);
      expect(name).toContain(proof.uuid);
      expect(third.lastCheck).toMatchObject({ name, revision: 3 });
      await store.checks.complete({ name: running.check.name, fence: running.fence, result: aFailure() });
      expect((await store.destinations.get(account.id, destination.id))?.lastCheck).toMatchObject({ name });
      for (const old of [running.check.name, required(second.checkJobName)])
        expect(await store.checks.get(account.id, old)).toMatchObject({ name, status: 'succeeded' });
      expect(await store.checks.claim(aClaim())).toEqual([]);
    });

    test('that failed is kept in the history and nowhere else', async () => {
      const { destinations, checks } = on.store();
      const { account, destination } = await withDestination(on.store());
      const result = aFailure({ origin: 'strict' });
      const recorded = await checks.record(account.id, destination.id, 1, result);
      expect(recorded).toMatchObject({ status: 'failed', origin: 'strict', error: result.error });
      expect(await destinations.get(account.id, destination.id)).toEqual(destination);
      expect(await checks.list(account.id, destination.id, 1)).toEqual([recorded]);
    });
  });

  test('the newest two hundred checks of a destination are kept, and those that are still to come', async () => {
    const { checks } = on.store();
    const { account, destination } = await withDestination(on.store());
    for (let round = 0; round < 205; round += 1)
      await checks.record(account.id, destination.id, 1, aFailure({ error: `${round}` }));
    const listed = await checks.list(account.id, destination.id, 1_000);
    expect(listed).toHaveLength(201);
    expect(listed.at(0)).toMatchObject({ error: '204' });
    expect(listed.at(-1)).toMatchObject({ name: destination.checkJobName, status: 'waiting' });
  });

  describe('SSH host keys', () => {
    const seen = (key: string, host = 'bastion') => ({ hostKeys: [{ host, port: 22, key }] });

    test('are pinned by the first check and only remembered by later ones', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const run = async (key: string) => {
        await store.checks.request(account.id, destination.id, { uuid: randomUUID(), origin: 'requested' });
        const { check, fence } = await next(store);
        await store.checks.complete({ name: check.name, fence, result: aFailure(seen(key)) });
      };
      const { id } = destination;
      const accept = () => store.destinations.acceptHostKey({ accountId: account.id, id, actor: 'token:3' });
      expect(await accept()).toBe(false);
      await run('first');
      await run('second');
      const pin = { host: 'bastion', port: 22 };
      expect(await store.destinations.hostKeys(account.id, id)).toEqual([
        { ...pin, pinned: 'first', seen: 'second' },
      ]);
      expect(await accept()).toBe(true);
      expect(await store.destinations.hostKeys(account.id, id)).toEqual([
        { ...pin, pinned: 'second', seen: 'second' },
      ]);
      expect(await accept()).toBe(true);
      expect(await store.destinations.history(account.id, id, 10)).toMatchObject([
        {
          action: 'ssh_host_key_accepted',
          actor: 'token:3',
          revision: 1,
          changes: [{ property: 'ssh_host_key', from: 'first', to: 'second' }],
        },
        { action: 'created' },
      ]);
      await store.checks.request(account.id, id, { uuid: randomUUID(), origin: 'requested' });
      expect((await next(store)).hostKeys).toEqual([{ ...pin, pinned: 'second', seen: 'second' }]);
    });

    test('are dropped with the place they belong to, and with the destination', async () => {
      const { accounts, destinations } = on.store();
      const account = await accounts.create(anAccount());
      const hostKeys = [...seen('a', 'one').hostKeys, ...seen('b', 'two').hostKeys];
      const made = await destinations.create(aDestination(account, { proof: aResult({ hostKeys }) }));
      await destinations.update(anUpdate(made, { keepHostKeys: [{ host: 'two', port: 22 }] }));
      expect(await destinations.hostKeys(account.id, made.id)).toMatchObject([{ host: 'two' }]);
      await destinations.delete({ accountId: account.id, id: made.id, actor: 'cli' });
      expect(await destinations.hostKeys(account.id, made.id)).toEqual([]);
    });

    test('seen by a check that was overtaken pin nothing', async () => {
      await using own = await on.fresh();
      const { store } = own;
      const { account, destination } = await withDestination(store);
      const { check, fence } = await next(store);
      await update(store, destination);
      await store.checks.complete({ name: check.name, fence, result: aResult(seen('old')) });
      expect(await store.destinations.hostKeys(account.id, destination.id)).toEqual([]);
    });
  });
}
