import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/lib/json.ts';
import { createCertificate } from '../support/certificates.ts';
import {
  type ControlRoom,
  openControlRoom,
  plainUpdate,
  plainWrite,
  postgresProperties,
  type Visitor,
} from '../support/control-room.ts';

let room: ControlRoom;
let visitor: Visitor;

beforeAll(async () => {
  room = await openControlRoom();
  visitor = await room.enter();
});
afterAll(async () => await room[Symbol.asyncDispose]());

const create = async (properties: Record<string, Json> = {}, by = visitor) =>
  (
    await room.destinations.create(
      by.caller,
      { type: 'postgres', properties: postgresProperties(properties) },
      plainWrite,
    )
  ).destination;

const update = async (id: number, properties: Record<string, Json>, options = plainUpdate) =>
  await room.destinations.update(visitor.caller, id, { properties, complete: false }, options);

const openPassword = async (id: number): Promise<string | null> => {
  const stored = await room.store.destinations.secrets(visitor.account.id, id);
  const sealed = stored?.sealed.password;
  return sealed === undefined ? null : await room.vault.open(stored!.destination.uid, 'password', sealed);
};

const history = async (id: number) => await room.store.destinations.history(visitor.account.id, id, 100);

describe('a create', () => {
  test('stores the properties, seals the credential, starts a check and writes the history', async () => {
    const { destination, checkName } = await room.destinations.create(
      visitor.caller,
      { type: 'postgres', properties: postgresProperties(), name: 'Main', description: 'The one' },
      plainWrite,
    );
    expect(destination).toMatchObject({
      type: 'postgres',
      name: 'Main',
      description: 'The one',
      revision: 1,
      properties: { host: 'db.example.com', port: '5432', ssl: 'false', encryption_type: 'none' },
      credentialNames: ['password'],
      checkJobName: checkName,
    });
    expect(checkName).toMatch(new RegExp(`^${visitor.account.id}\\.${destination.id}\\.check\\.`));
    expect(await openPassword(destination.id)).toBe('first-password');
    expect(await history(destination.id)).toMatchObject([
      { action: 'created', actor: visitor.caller.actor, revision: 1, notes: [] },
    ]);
  });

  test('waits for the check when asked to', async () => {
    const { destination } = await room.destinations.create(
      visitor.caller,
      { type: 'postgres', properties: postgresProperties() },
      { strict: false, waitMilliseconds: 10_000 },
    );
    expect(destination.lastCheck).toMatchObject({ revision: 1, error: false });
  });

  test('makes different names for destinations that are given none, even at once', async () => {
    const other = await room.enter();
    const made = await Promise.all([1, 2, 3].map(() => create({}, other)));
    expect(made.map(({ name }) => name).sort()).toEqual(['PostgreSQL', 'PostgreSQL 2', 'PostgreSQL 3']);
  });

  test.each([
    ['nosuch', 'InvalidType'],
    ['constructor', 'InvalidType'],
    ['dataworld', 'AccessDenied'],
  ])('of type %s is refused as %s before its properties are looked at', async (type, code) => {
    const attempt = room.destinations.create(visitor.caller, { type, properties: { x: 1 } }, plainWrite);
    await expect(attempt).rejects.toMatchObject({ code });
  });

  test('names all bad properties, the reasons and what was provided', async () => {
    const attempt = create({ port: 'x', password: null, nonsense: 1 });
    await expect(attempt).rejects.toMatchObject({
      code: 'InvalidProperties',
      message: 'properties do not match schema',
      data: {
        bad_properties: ['password', 'port', 'nonsense'],
        reasons: { password: 'Required.', port: 'Give a whole number, such as 5432.' },
        type: 'postgres',
        provided: ['host', 'username', 'database', 'ssl'],
      },
    });
  });

  test('over the limit of the account is refused', async () => {
    const other = await room.enter();
    await room.store.accounts.setQuota(other.account.id, { destinationLimit: 1 });
    await create({}, other);
    await expect(create({}, other)).rejects.toMatchObject({ code: 'DestinationLimit' });
  });

  test('keeps a name of control characters out', async () => {
    const request = { type: 'postgres', properties: postgresProperties(), name: 'a\u001b[2Jb' };
    await expect(room.destinations.create(visitor.caller, request, plainWrite)).rejects.toMatchObject({
      code: 'InvalidBody',
    });
  });
});

describe('an update', () => {
  test('changes what it gives, and says so in the history without secrets', async () => {
    const { id } = await create();
    const { destination } = await update(id, { port: '5433', password: 'second-password' });
    expect(destination).toMatchObject({ revision: 2, properties: { port: '5433', host: 'db.example.com' } });
    expect(await openPassword(id)).toBe('second-password');
    expect((await history(id))[0]).toMatchObject({
      action: 'updated',
      revision: 2,
      changes: [{ property: 'password' }, { property: 'port', from: '5432', to: '5433' }],
    });
  });

  test.each<[string, Record<string, Json>]>([
    ['nothing', {}],
    ['the mask', { password: '**********' }],
    ['what is stored, password included', postgresProperties()],
  ])('that gives %s makes no revision and still starts a check', async (_, properties) => {
    const before = await create();
    const { destination, checkName } = await update(before.id, properties, {
      ...plainUpdate,
      waitMilliseconds: 10_000,
    });
    expect(destination).toMatchObject({ revision: 1, updatedAt: before.updatedAt });
    expect(destination.lastCheck?.name).toBe(checkName);
    expect(await openPassword(before.id)).toBe('first-password');
    expect(await history(before.id)).toHaveLength(1);
  });

  test('of the shape of v3 keeps a tunnel and a certificate it does not name', async () => {
    const sslrootcert = createCertificate({ ca: true }).cert;
    const tunnel = {
      encryption_type: 'ssh',
      encryption_host: 'bastion.example.com',
      encryption_port: '22',
      encryption_username: 'tunnel',
    };
    const { id } = await create({ ...tunnel, ssl: true, sslrootcert });
    const { destination } = await room.destinations.update(
      visitor.caller,
      id,
      { type: 'postgres', properties: postgresProperties({ ssl: true, port: 6432 }), complete: true },
      plainUpdate,
    );
    expect(destination.properties).toEqual({
      ...tunnel,
      sslrootcert,
      host: 'db.example.com',
      port: '6432',
      username: 'loader',
      database: 'warehouse',
      ssl: 'true',
    });
    expect(await openPassword(id)).toBe('first-password');
  });

  test('back to no tunnel drops the tunnel', async () => {
    const { id } = await create({
      encryption_type: 'ssh',
      encryption_host: 'bastion.example.com',
      encryption_port: 22,
      encryption_username: 'tunnel',
    });
    const { destination } = await update(id, { encryption_type: 'none', password: 'first-password' });
    expect(Object.keys(destination.properties).filter((name) => name.startsWith('encryption'))).toEqual([
      'encryption_type',
    ]);
  });

  test('renames and describes, and a null takes the description away', async () => {
    const { id } = await create();
    const put = async (request: { name?: string; description?: string | null }) =>
      (await room.destinations.update(visitor.caller, id, { ...request, complete: false }, plainUpdate))
        .destination;
    expect(await put({ name: 'Other', description: 'Text' })).toMatchObject({
      name: 'Other',
      description: 'Text',
      revision: 2,
    });
    expect(await put({ description: null })).toMatchObject({ name: 'Other', description: null, revision: 3 });
    expect((await history(id))[0]?.changes).toEqual([{ property: 'description', from: 'Text' }]);
  });

  test('names another type: refused before the properties, after the id', async () => {
    const { id } = await create();
    const put = (target: number) =>
      room.destinations.update(
        visitor.caller,
        target,
        { type: 'redshift', properties: { x: 1 }, complete: true },
        plainUpdate,
      );
    await expect(put(id)).rejects.toMatchObject({ code: 'TypeImmutable' });
    await expect(put(987_654_321)).rejects.toMatchObject({ code: 'InvalidId' });
  });

  test('with If-Match goes through only on a revision it names', async () => {
    const { id } = await create();
    await update(id, { database: 'two' });
    const put = (ifMatch: readonly number[] | '*') =>
      room.destinations.update(
        visitor.caller,
        id,
        { properties: { database: 'three' }, complete: false },
        { ...plainUpdate, ifMatch },
      );
    await expect(put([1])).rejects.toMatchObject({ code: 'RevisionMismatch', data: { revision: 2 } });
    await expect(put([])).rejects.toMatchObject({ code: 'RevisionMismatch' });
    expect((await put([1, 2])).destination.revision).toBe(3);
    expect((await put('*')).destination.revision).toBe(3);
  });

  test('that is refused changes nothing', async () => {
    const before = await create();
    await expect(update(before.id, { port: 0, password: 'new' })).rejects.toMatchObject({
      code: 'InvalidProperties',
      data: { bad_properties: ['port'], provided: expect.arrayContaining(['password', 'host']) },
    });
    expect(await openPassword(before.id)).toBe('first-password');
    expect((await room.store.destinations.get(visitor.account.id, before.id))?.revision).toBe(1);
  });
});

describe('another account’s destination', () => {
  test('is one that does not exist', async () => {
    const { id } = await create();
    const stranger = await room.enter();
    const { caller } = stranger;
    const calls = [
      () => room.destinations.update(caller, id, { properties: {}, complete: false }, plainUpdate),
      () => room.destinations.check(caller, id, { waitMilliseconds: 0 }),
      () => room.destinations.acceptHostKey(caller, id),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'InvalidId' });
    expect(await room.destinations.delete(caller, id)).toBe(false);
    expect(await room.destinations.delete(visitor.caller, id)).toBe(true);
    expect(await room.destinations.delete(visitor.caller, id)).toBe(false);
  });
});

test('a check can be asked for, and waited for', async () => {
  const { id } = await create();
  const { destination, checkName } = await room.destinations.check(visitor.caller, id, {
    waitMilliseconds: 10_000,
  });
  expect(destination.lastCheck).toMatchObject({ name: checkName, error: false });
});

test('accepting a host key where none was seen still starts a check', async () => {
  const { id } = await create();
  const { checkName } = await room.destinations.acceptHostKey(visitor.caller, id);
  expect(checkName).toContain(`.${id}.check.`);
});
