import { expect, test } from 'vitest';
import type { Json } from '../../src/lib/json.ts';
import type { Destination } from '../../src/model/destination.ts';
import {
  openControlRoom,
  plainUpdate,
  plainWrite,
  postgresProperties,
  strictUpdate,
} from '../support/control-room.ts';
import { failedStep, success, untilAborted } from '../support/scripted-type.ts';

test('parallel updates of different properties all survive, in one process and in two', async () => {
  await using room = await openControlRoom();
  const { caller, account } = await room.enter();
  const request = { type: 'postgres', properties: postgresProperties() };
  const { destination } = await room.destinations.create(caller, request, plainWrite);
  const updates: Record<string, Json>[] = [
    { host: 'other.example.com' },
    { port: 6432 },
    { username: 'other' },
    { database: 'other' },
    { ssl: true },
    { password: 'second-password' },
    {
      encryption_type: 'ssh',
      encryption_host: 'bastion.example.com',
      encryption_port: 22,
      encryption_username: 'tunnel',
    },
  ];
  const written = await Promise.all([
    ...updates.map((properties, index) =>
      (index % 2 === 0 ? room.destinations : room.otherProcess).update(
        caller,
        destination.id,
        { properties, complete: false },
        plainUpdate,
      ),
    ),
    room.destinations.update(caller, destination.id, { name: 'Renamed', complete: false }, plainUpdate),
    room.otherProcess.update(caller, destination.id, { description: 'Told', complete: false }, plainUpdate),
  ]);
  expect(new Set(written.map(({ destination: { revision } }) => revision)).size).toBe(written.length);
  const stored = await room.store.destinations.secrets(account.id, destination.id);
  expect(stored?.destination).toMatchObject({
    revision: 1 + written.length,
    name: 'Renamed',
    description: 'Told',
    properties: {
      host: 'other.example.com',
      port: '6432',
      username: 'other',
      database: 'other',
      ssl: 'true',
      encryption_type: 'ssh',
      encryption_host: 'bastion.example.com',
      encryption_port: '22',
      encryption_username: 'tunnel',
    },
  });
  const { uid } = stored!.destination;
  expect(await room.vault.open(uid, 'password', stored!.sealed.password!)).toBe('second-password');
});

test('of two editors with the same ETag one is told to look again', async () => {
  await using room = await openControlRoom();
  const { caller } = await room.enter();
  const request = { type: 'postgres', properties: postgresProperties() };
  const { destination } = await room.destinations.create(caller, request, plainWrite);
  const edit = (rules: typeof room.destinations, database: string) =>
    rules.update(
      caller,
      destination.id,
      { properties: { database }, complete: false },
      { ...plainUpdate, ifMatch: [1] },
    );
  const results = await Promise.allSettled([
    edit(room.destinations, 'one'),
    edit(room.destinations, 'two'),
    edit(room.otherProcess, 'three'),
  ]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'RevisionMismatch' });
});

test('a strict update that is overtaken while it is proved is not made', async () => {
  const proving = Promise.withResolvers<void>();
  const overtaken = Promise.withResolvers<void>();
  await using room = await openControlRoom({
    async check(_, { database }) {
      if (database === 'proved') {
        proving.resolve();
        await overtaken.promise;
      }
      return success;
    },
  });
  const { caller, account } = await room.enter();
  const request = { type: 'postgres', properties: postgresProperties() };
  const { destination } = await room.destinations.create(caller, request, plainWrite);
  const strict = room.destinations.update(
    caller,
    destination.id,
    { properties: { database: 'proved' }, complete: false },
    strictUpdate,
  );
  const refused = expect(strict).rejects.toMatchObject({ code: 'LostRace' });
  await proving.promise;
  await room.destinations.update(
    caller,
    destination.id,
    { properties: { database: 'faster' }, complete: false },
    plainUpdate,
  );
  overtaken.resolve();
  await refused;
  expect(await room.store.destinations.get(account.id, destination.id)).toMatchObject({
    revision: 2,
    properties: { database: 'faster' },
  });
});

test('the result of an old check that hangs never shows on new settings', async () => {
  const oldRuns = Promise.withResolvers<void>();
  const oldMayEnd = Promise.withResolvers<void>();
  await using room = await openControlRoom({
    async check({ signal }, { host }) {
      if (host !== 'old.example.com') return success;
      oldRuns.resolve();
      await Promise.race([oldMayEnd.promise, untilAborted(signal)]);
      const failure = failedStep('connect', 'timeout');
      return { steps: [failure], failure, refused: false };
    },
  });
  const { caller, account } = await room.enter();
  const request = { type: 'postgres', properties: postgresProperties({ host: 'old.example.com' }) };
  const old = await room.destinations.create(caller, request, plainWrite);
  await oldRuns.promise;

  const { id } = old.destination;
  const seen: Destination['lastCheck'][] = [];
  const updated = await room.destinations.update(
    caller,
    id,
    { properties: { host: 'new.example.com' }, complete: false },
    plainUpdate,
  );
  seen.push(updated.destination.lastCheck);
  oldMayEnd.resolve();
  const waited = await room.destinations.check(caller, id, { waitMilliseconds: 10_000 });
  seen.push(waited.destination.lastCheck, (await room.store.destinations.get(account.id, id))!.lastCheck);
  for (const lastCheck of seen.filter((check) => check !== null))
    expect(lastCheck).toMatchObject({ revision: 2, error: false });
  expect(seen.at(-1)).not.toBeNull();
  expect(await room.store.checks.get(account.id, old.checkName)).toMatchObject({ status: 'succeeded' });
});
