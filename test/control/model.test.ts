import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../src/errors/failure.ts';
import type { Json } from '../../src/lib/json.ts';
import { createCertificate } from '../support/certificates.ts';
import { type ControlRoom, openControlRoom, plainUpdate, plainWrite } from '../support/control-room.ts';

/*
 * Any sequence of creates, updates of both versions, masks sent back, nulls and deletes leaves exactly the settings
 * that the model below says, and no secret is lost or shown.
 */

type Given = Record<string, Json>;
type Settings = Record<string, string>;

const certificates = [createCertificate({ ca: true }).cert, createCertificate({ ca: true }).cert];
const mask = '**********';

// The model: settings by name, passwords in clear; null stands for a refusal.
const required = ['host', 'port', 'username', 'database', 'password', 'ssl', 'encryption_type'];
const tunnel = ['encryption_host', 'encryption_port', 'encryption_username'];
const known = [...required, 'sslrootcert', ...tunnel];
const named = ['host', 'port', 'username', 'database', 'ssl'];

function expectedAfter(before: Settings | null, given: Given, complete: boolean): Settings | null {
  const after: Settings = { encryption_type: 'none', ...before };
  if (Object.keys(given).some((name) => !known.includes(name))) return null;
  if (before && complete && named.some((name) => !(name in given))) return null;
  for (const [name, value] of Object.entries(given)) {
    if (value === null && required.includes(name) && (before || !(name in after))) return null;
    if (value === null && required.includes(name)) continue;
    if (value === null) delete after[name];
    else if (name === 'password' && value === mask && before) continue;
    else if (name === 'password' && value === mask) return null;
    else if (!isValid(name, value)) return null;
    else after[name] = String(value);
  }
  if (after.encryption_type === 'none') for (const name of tunnel) delete after[name];
  else if (tunnel.some((name) => after[name] === undefined)) return null;
  if (required.some((name) => after[name] === undefined)) return null;
  const newCertificate = after.sslrootcert !== undefined && after.sslrootcert !== before?.sslrootcert;
  return newCertificate && after.ssl !== 'true' ? null : after;
}

function isValid(name: string, value: Json): boolean {
  if (name.endsWith('port')) return ['number', 'string'].includes(typeof value) && Number(value) > 0;
  if (name === 'ssl') return ['true', 'false'].includes(String(value));
  if (typeof value !== 'string' || value === '') return false;
  if (name === 'encryption_type') return value === 'ssh' || value === 'none';
  return name === 'sslrootcert' ? certificates.includes(value) : true;
}

// What clients send: mostly sense, in either JSON type, with nonsense in between.
const canary = fc.integer({ min: 1, max: 9999 }).map((n) => `canary-${n}-Zm9vYmFy`);
const host = fc.constantFrom('db.example.com', 'other.example.com', '192.0.2.7');
const port = fc.constantFrom<Json>(5432, '5433', 22);
const values = {
  host,
  port,
  username: fc.constantFrom('loader', 'Zoë', 'o"rm; drop'),
  database: fc.constantFrom('warehouse', 'true', '5432'),
  password: canary,
  ssl: fc.constantFrom<Json>(true, 'false', 'true', false),
  sslrootcert: fc.constantFrom(...certificates),
  encryption_type: fc.constantFrom('ssh', 'none'),
  encryption_host: host,
  encryption_port: port,
  encryption_username: fc.constantFrom('tunnel', 'other'),
};
const sense = fc.record(values, { requiredKeys: [] });
const most = fc.record(values, {
  requiredKeys: [
    'host',
    'port',
    'username',
    'database',
    'password',
    'ssl',
    'encryption_host',
    'encryption_port',
    'encryption_username',
  ],
});
const masked = fc.record({ password: fc.constant(mask) }, { requiredKeys: [] });
const nonsense = fc.dictionary(
  fc.constantFrom(...known, 'constructor', 'status'),
  fc.constantFrom<Json>(null, '', -1, {}, [], 'vpn'),
  { maxKeys: 2 },
);
const given = fc
  .tuple(fc.oneof(sense, most), masked, fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, nonsense))
  .map((parts): Given => Object.assign({}, ...parts));
const whole = most.map(({ sslrootcert, ...rest }): Given => {
  const verified = rest.ssl === true && sslrootcert !== undefined;
  return verified ? { ...rest, sslrootcert } : rest;
});
const create = (properties: fc.Arbitrary<Given>) =>
  fc.record({ act: fc.constant('create' as const), given: properties });
const update = fc.record({
  act: fc.constant('update' as const),
  which: fc.nat(2),
  given,
  complete: fc.boolean(),
});
const removal = fc.record({ act: fc.constant('delete' as const), which: fc.nat(2) });
const step = fc.oneof(create(whole), create(given), { weight: 6, arbitrary: update }, removal);
const sequence = fc
  .tuple(create(whole), fc.array(step, { minLength: 3, maxLength: 12 }))
  .map(([first, rest]) => [first, ...rest]);

test('any sequence of calls leaves what the model says, and no secret is lost or shown', async () => {
  await using room = await openControlRoom();
  const shown: string[] = [];
  const sealed = new Set<string>();
  await fc.assert(
    fc.asyncProperty(sequence, async (steps) => {
      const { caller, account } = await room.enter();
      const model = new Map<number, Settings>();
      const nth = (which: number) => [...model.keys()][which] ?? -1;

      /** Runs a call that the model either refuses or lets make these settings. */
      async function play(call: () => Promise<{ destination: { id: number } }>, after: Settings | null) {
        try {
          const written = await call();
          shown.push(JSON.stringify(written));
          expect(after).not.toBeNull();
          model.set(written.destination.id, after!);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          shown.push(JSON.stringify([error.message, error.remedy, error.data]));
          expect([after, error.code]).toEqual([null, expect.stringMatching(/InvalidProperties|InvalidId/)]);
        }
      }

      for (const step of steps) {
        if (step.act === 'create') {
          const request = { type: 'postgres', properties: step.given };
          await play(
            () => room.destinations.create(caller, request, plainWrite),
            expectedAfter(null, step.given, false),
          );
        } else if (step.act === 'update') {
          const id = nth(step.which);
          const request = { properties: step.given, complete: step.complete };
          const before = model.get(id);
          await play(
            () => room.destinations.update(caller, id, request, plainUpdate),
            before ? expectedAfter(before, step.given, step.complete) : null,
          );
        } else {
          const id = nth(step.which);
          expect(await room.destinations.delete(caller, id)).toBe(model.delete(id));
        }
        expect(await storedSettings(room, account.id)).toEqual(model);
      }

      for (const { password } of model.values()) sealed.add(password!);
      const { id } = account;
      for (const destination of await room.store.destinations.list(id)) {
        shown.push(JSON.stringify(destination));
        shown.push(JSON.stringify(await room.store.destinations.history(id, destination.id, 100)));
        shown.push(JSON.stringify(await room.store.checks.list(id, destination.id, 100)));
      }
    }),
    { numRuns: 60 },
  );
  expect(sealed.size).toBeGreaterThan(10);
  expect(shown.join('\n')).not.toContain('canary');
  for (const file of readdirSync(room.folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = readFileSync(path.join(file.parentPath, file.name));
    for (const secret of ['canary', Buffer.from('canary').toString('base64').slice(0, 8)])
      expect([file.name, bytes.includes(secret)]).toEqual([file.name, false]);
  }
});

/** Everything an account has, with its credentials opened. */
async function storedSettings(room: ControlRoom, accountId: number): Promise<Map<number, Settings>> {
  const all = new Map<number, Settings>();
  for (const { id } of await room.store.destinations.list(accountId)) {
    const stored = await room.store.destinations.secrets(accountId, id);
    if (stored === null) throw new Error(`destination ${id} is listed and has no settings`);
    const { destination, sealed } = stored;
    expect(Object.keys(sealed).sort()).toEqual([...destination.credentialNames].sort());
    const settings = { ...(destination.properties as Settings) };
    for (const [name, seal] of Object.entries(sealed))
      settings[name] = await room.vault.open(destination.uid, name, seal);
    all.set(id, settings);
  }
  return all;
}
