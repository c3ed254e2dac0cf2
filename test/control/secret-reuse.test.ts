import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/lib/json.ts';
import { createCertificate } from '../support/certificates.ts';
import {
  type ControlRoom,
  openControlRoom,
  plainUpdate,
  plainWrite,
  postgresProperties,
  strictUpdate,
} from '../support/control-room.ts';
import { success } from '../support/scripted-type.ts';

const certificate = createCertificate({ ca: true }).cert;
const tls = { ssl: true, sslrootcert: certificate };
const tunnel = {
  encryption_type: 'ssh',
  encryption_host: 'bastion.example.com',
  encryption_port: 22,
  encryption_username: 'tunnel',
};

const moves: [string, Record<string, Json>, Record<string, Json>][] = [
  ['another host', {}, { host: 'elsewhere.example.com' }],
  ['another port', {}, { port: 6432 }],
  ['TLS switched off', tls, { ssl: false }],
  ['another certificate', tls, { sslrootcert: createCertificate({ ca: true }).cert }],
  ['no certificate', tls, { sslrootcert: null }],
  ['a tunnel', {}, tunnel],
  ['another tunnel', tunnel, { encryption_host: 'elsewhere.example.com' }],
  ['no tunnel', tunnel, { encryption_type: 'none' }],
];

/** A room whose checks remember which password went to which host. */
async function openListeningRoom(options: Parameters<typeof openControlRoom>[0]) {
  const seen: string[] = [];
  const room = await openControlRoom({
    ...options,
    check: async (_, { host, password }) => {
      seen.push(`${password} at ${host}`);
      return success;
    },
  });
  return { room, seen };
}

async function makeDestination(room: ControlRoom, properties: Record<string, Json>) {
  const { caller, account } = await room.enter();
  const request = { type: 'postgres', properties: postgresProperties(properties) };
  const { destination } = await room.destinations.create(caller, request, plainWrite);
  const put = async (given: Record<string, Json>, options = plainUpdate) =>
    await room.destinations.update(
      caller,
      destination.id,
      { properties: given, complete: false },
      { ...options, waitMilliseconds: 10_000 },
    );
  const history = async () => await room.store.destinations.history(account.id, destination.id, 10);
  return { put, history };
}

describe('where several tenants share a server (public)', () => {
  let listening: Awaited<ReturnType<typeof openListeningRoom>>;
  beforeAll(async () => {
    listening = await openListeningRoom({ policy: 'public' });
  });
  afterAll(async () => await listening.room[Symbol.asyncDispose]());

  test.each(moves)('%s needs the password in the same request', async (_, before, given) => {
    const { put } = await makeDestination(listening.room, before);
    for (const kept of [given, { ...given, password: '**********' }]) {
      await expect(put(kept)).rejects.toMatchObject({
        code: 'InvalidProperties',
        data: {
          bad_properties: ['password'],
          reasons: { password: expect.stringContaining(Object.keys(given)[0]!) },
        },
      });
    }
    expect((await put({ ...given, password: 'first-password' })).destination.revision).toBe(2);
  });

  test.each<[string, Record<string, Json>, Record<string, Json>]>([
    ['TLS switched on', {}, { ssl: true }],
    ['a first certificate', { ssl: true }, { sslrootcert: certificate }],
    ['another user and database', {}, { username: 'other', database: 'other' }],
  ])('%s does not', async (_, before, given) => {
    const { put, history } = await makeDestination(listening.room, before);
    expect((await put(given)).destination.revision).toBe(2);
    expect((await history())[0]?.notes).toEqual([]);
  });

  test('neither a plain nor a strict update lures the stored password away', async () => {
    const { put } = await makeDestination(listening.room, { password: 'do-not-lure-me' });
    const lure = { host: 'evil.example.com', password: '**********' };
    await expect(put(lure)).rejects.toMatchObject({ code: 'InvalidProperties' });
    await expect(put(lure, strictUpdate)).rejects.toMatchObject({ code: 'InvalidProperties' });
    await put({}, { ...plainUpdate, waitMilliseconds: 10_000 });
    expect(listening.seen).toContain('do-not-lure-me at db.example.com');
    expect(listening.seen).not.toContain('do-not-lure-me at evil.example.com');
  });
});

describe('where one owner runs a server (private)', () => {
  let listening: Awaited<ReturnType<typeof openListeningRoom>>;
  beforeAll(async () => {
    listening = await openListeningRoom({ policy: 'private' });
  });
  afterAll(async () => await listening.room[Symbol.asyncDispose]());

  test.each(moves)('%s keeps the password, and the history says so', async (_, before, given) => {
    const { put, history } = await makeDestination(listening.room, before);
    await put(given);
    const [change] = await history();
    expect(change?.notes).toEqual([
      expect.stringMatching(
        /^The stored password was kept while .* changed, so it is now used at another place\.$/,
      ),
    ]);
    expect(JSON.stringify(change)).not.toContain('first-password');
  });

  test('a password given in the same request needs no note', async () => {
    const { put, history } = await makeDestination(listening.room, {});
    await put({ host: 'elsewhere.example.com', password: 'new' });
    expect((await history())[0]?.notes).toEqual([]);
  });
});

describe('the option for it', () => {
  test('refuses under private', async () => {
    await using room = await openControlRoom({ policy: 'private', secretReuse: 'refuse' });
    const { put } = await makeDestination(room, {});
    await expect(put({ host: 'elsewhere.example.com' })).rejects.toMatchObject({ code: 'InvalidProperties' });
  });

  test('allows under public', async () => {
    await using room = await openControlRoom({ policy: 'public', secretReuse: 'allow' });
    const { put } = await makeDestination(room, {});
    expect((await put({ host: 'elsewhere.example.com' })).destination.revision).toBe(2);
  });
});
