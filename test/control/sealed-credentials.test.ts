import { expect, test } from 'vitest';
import { createDestinations } from '../../src/control/destinations.ts';
import type { Json } from '../../src/lib/json.ts';
import {
  type ControlRoom,
  openControlRoom,
  plainUpdate,
  plainWrite,
  postgresProperties,
  strictUpdate,
} from '../support/control-room.ts';

async function makeDestination(room: ControlRoom) {
  const { caller, account } = await room.enter();
  const request = { type: 'postgres', properties: postgresProperties() };
  const { destination } = await room.destinations.create(caller, request, plainWrite);
  const { id } = destination;
  return {
    caller,
    id,
    put: async (properties: Record<string, Json>, options = plainUpdate) =>
      await room.destinations.update(caller, id, { properties, complete: false }, options),
    stored: async () => (await room.store.destinations.secrets(account.id, id))!,
    async password() {
      const { destination: current, sealed } = await this.stored();
      return await room.vault.open(current.uid, 'password', sealed.password!);
    },
  };
}

test('a credential that cannot be opened any more is mended by giving it again', async () => {
  await using room = await openControlRoom();
  const made = await makeDestination(room);
  const { destination, sealed } = await made.stored();
  const foreign = await room.vault.seal(destination.uid, 'another_property', 'first-password');
  await room.store.destinations.reseal({
    kind: 'destination',
    id: made.id,
    from: sealed,
    to: { password: foreign },
  });

  await expect(made.put({ database: 'other' }, strictUpdate)).rejects.toMatchObject({
    code: 'SecretUnreadable',
  });
  expect((await made.put({ database: 'other' })).destination.revision).toBe(2);
  expect((await made.put({ password: 'first-password' })).destination.revision).toBe(3);
  expect(await made.password()).toBe('first-password');
});

test('a data key that is retired while a credential is on its way is no error', async () => {
  await using room = await openControlRoom();
  const made = await makeDestination(room);
  let rotations = 0;
  const destinations = createDestinations({
    ...room.parts,
    vault: {
      open: room.vault.open,
      async seal(uid, property, value) {
        const sealed = await room.vault.seal(uid, property, value);
        if (rotations++ === 0) await room.vault.rotateDataKey(room.store.destinations);
        return sealed;
      },
    },
  });
  const request = { properties: { password: 'second-password' }, complete: false };
  const { destination } = await destinations.update(made.caller, made.id, request, plainUpdate);
  expect([destination.revision, rotations]).toEqual([2, 2]);
  expect(await made.password()).toBe('second-password');
});

test('a stored credential opens nowhere but where it was stored', async () => {
  await using room = await openControlRoom();
  const [one, other] = [await makeDestination(room), await makeDestination(room)];
  const [from, into] = [await one.stored(), await other.stored()];
  await room.store.destinations.reseal({
    kind: 'destination',
    id: other.id,
    from: into.sealed,
    to: from.sealed,
  });
  await expect(other.password()).rejects.toMatchObject({ code: 'SecretUnreadable' });
});
