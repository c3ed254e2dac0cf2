import { expect, test } from 'vitest';
import { findType } from '../../src/destinations/registry.ts';
import { openControlRoom, plainUpdate, strictUpdate, strictWrite } from '../support/control-room.ts';
import { createTestDatabase } from '../support/database.ts';

test('settings of a real PostgreSQL are proved before they replace those that work', async () => {
  await using database = await createTestDatabase();
  await using room = await openControlRoom({ type: findType('postgres')! });
  const { caller, account } = await room.enter();
  const properties = {
    host: database.host,
    port: database.port,
    username: database.user,
    database: database.database,
    password: database.password,
    ssl: false,
  };
  const { destination } = await room.destinations.create(
    caller,
    { type: 'postgres', properties },
    strictWrite,
  );
  expect(destination.lastCheck).toMatchObject({ revision: 1, error: false });
  const stored = async () =>
    JSON.stringify((await room.store.destinations.secrets(account.id, destination.id))!);
  const before = await stored();

  const wrong = { properties: { password: 'not-the-password' }, complete: false };
  await expect(room.destinations.update(caller, destination.id, wrong, strictUpdate)).rejects.toMatchObject({
    code: 'CheckFailed',
    data: { steps: expect.arrayContaining([expect.objectContaining({ status: 'failed' })]) },
  });
  expect(await stored()).toBe(before);

  // What v3 shows, sent back as it is.
  const shown = { properties: { ...properties, password: '**********' }, complete: true };
  const after = await room.destinations.update(caller, destination.id, shown, {
    ...plainUpdate,
    waitMilliseconds: 20_000,
  });
  expect(after.destination).toMatchObject({
    revision: 1,
    lastCheck: { name: after.checkName, error: false },
  });
});
