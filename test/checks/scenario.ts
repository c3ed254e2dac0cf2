import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Checks } from '../../src/checks/checks.ts';
import type { ChecksOptions } from '../../src/checks/create-checks.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createRedactor } from '../../src/lib/redact.ts';
import { createLog } from '../../src/log/create-log.ts';
import type { Account } from '../../src/model/account.ts';
import type { Check } from '../../src/model/check.ts';
import type { Destination } from '../../src/model/destination.ts';
import { generateSshKeyPair } from '../../src/network/ssh-key.ts';
import type { CompletedCheck, Store } from '../../src/store/store.ts';
import { openRoom, type StorePlace } from './open-room.ts';

/** A store with one account in it, and as many checks rooms above it as a test starts. */
export interface Scenario extends AsyncDisposable {
  readonly place: StorePlace;
  readonly store: Store;
  readonly account: Account;
  /** What the checks rooms have logged, line by line. */
  readonly logLines: readonly string[];
  /** Starts a checks room, as a server has one. It is stopped with the scenario, if not before. */
  startChecks(options?: Partial<ChecksOptions>): Checks;
  /** Adds another account. */
  addAccount(): Promise<Account>;
  /** Adds a destination of the directed type, whose first check waits. */
  add(settings: Settings): Promise<Destination>;
  /** Adds a destination of any type. */
  addOf(type: string, properties: Record<string, string>, password: string): Promise<Destination>;
  /** Gives a destination other settings; a check of them waits. */
  move(destination: Destination, settings: Settings): Promise<Destination>;
  /** Asks for another check of the same settings, or joins the one that waits. */
  request(destination: Destination): Promise<Check>;
  /** The destination as it is now. */
  read(destination: Destination): Promise<Destination>;
  /** The check of that name, or the one that stands for it. */
  readCheck(name: string | null): Promise<Check>;
}

export interface Settings {
  readonly host: string;
  readonly password?: string;
}

/** @param mode `shared`: processes of the test run the checks, beside this one. */
export async function openScenario(url = 'sqlite', mode: 'server' | 'shared' = 'server'): Promise<Scenario> {
  await using opened = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-checks-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const place = { url, folder, masterKey: randomBytes(32).toString('hex') };
  const logLines: string[] = [];
  const stream = { write: (line: string) => void logLines.push(line) };
  const log = createLog({ level: 'debug', clock: systemClock, redactor: createRedactor(), stream });
  const room = opened.use(await openRoom(place, log, mode));
  const { store, vault } = room;
  const account = await addAccount(store, await sealedKey());
  const ending = opened.move();

  async function sealedKey() {
    const uid = randomBytes(16).toString('hex');
    const { publicKey, privateKey } = generateSshKeyPair();
    return { uid, publicKey, sealed: await vault.seal(uid, 'ssh_private_key', privateKey) };
  }

  const common = () => ({
    accountId: account.id,
    name: 'Warehouse',
    description: null,
    actor: 'cli',
    changes: [],
    notes: [],
    proof: null as CompletedCheck | null,
    check: { uuid: randomUUID(), origin: 'saved' as const },
  });
  const found = <T>(value: T | null): T => {
    if (value === null) throw new Error('not found');
    return value;
  };

  async function addOf(type: string, properties: Record<string, string>, password: string) {
    const uid = randomBytes(16).toString('hex');
    const sealed = { password: await vault.seal(uid, 'password', password) };
    return await store.destinations.create({ ...common(), id: null, uid, type, properties, sealed });
  }

  return {
    place,
    store,
    account,
    logLines,
    addOf,
    addAccount: async () => await addAccount(store, await sealedKey()),
    startChecks: (options = {}) => {
      const checks = ending.use(room.createChecks({ pollMilliseconds: 200, ...options }));
      checks.start();
      return checks;
    },
    add: ({ host, password = 'first password' }) => addOf('scripted', { host }, password),
    async move(destination, { host, password = 'other password' }) {
      const moved = await store.destinations.update({
        ...common(),
        id: destination.id,
        expectedRevision: destination.revision,
        changed: true,
        properties: { host },
        sealed: { password: await vault.seal(destination.uid, 'password', password) },
        droppedCredentials: [],
        keepHostKeys: [],
      });
      if (moved === 'conflict') throw new Error('the destination was changed by somebody else');
      return found(moved);
    },
    request: async ({ id }) =>
      found(await store.checks.request(account.id, id, { uuid: randomUUID(), origin: 'requested' })),
    read: async ({ id }) => found(await store.destinations.get(account.id, id)),
    readCheck: async (name) => found(await store.checks.get(account.id, name ?? '')),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

async function addAccount(
  store: Store,
  key: { uid: string; publicKey: string; sealed: string },
): Promise<Account> {
  return await store.accounts.create({
    id: null,
    uid: key.uid,
    company: 'Example',
    email: `${key.uid}@example.com`,
    firstName: 'First',
    lastName: 'Last',
    region: 'us-east-1',
    partnerId: null,
    sshPublicKey: key.publicKey,
    sealedSshPrivateKey: key.sealed,
    token: null,
  });
}
