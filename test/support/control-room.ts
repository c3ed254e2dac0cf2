import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createChecks } from '../../src/checks/create-checks.ts';
import { createAccounts } from '../../src/control/accounts.ts';
import type {
  Accounts,
  Caller,
  Destinations,
  UpdateOptions,
  WriteOptions,
} from '../../src/control/control.ts';
import { createDestinations } from '../../src/control/destinations.ts';
import type { DestinationsParts } from '../../src/control/destinations-parts.ts';
import type { DestinationType } from '../../src/destinations/destination.ts';
import { findType } from '../../src/destinations/registry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Json } from '../../src/lib/json.ts';
import type { Account } from '../../src/model/account.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openVault, type Vault } from '../../src/store/vault.ts';
import { type ScriptedCheck, success } from './scripted-type.ts';
import { silentLog } from './silent-log.ts';

/** The rules over a real SQLite store, vault and checks, with the form of postgres and a check the test writes. */
export interface ControlRoom extends AsyncDisposable {
  readonly folder: string;
  readonly store: Store;
  readonly vault: Vault;
  readonly accounts: Accounts;
  readonly destinations: Destinations;
  /** What the rules were made of, for others on the same store. */
  readonly parts: DestinationsParts;
  /** As another process on the same store has them: with a queue of its own. */
  readonly otherProcess: Destinations;
  /** Makes an account and who acts for it. */
  enter(): Promise<Visitor>;
}

export interface Visitor {
  readonly account: Account;
  readonly caller: Caller;
}

export interface ControlRoomOptions {
  /** What a check does; by default it succeeds. */
  readonly check?: ScriptedCheck;
  /** The type that stands for postgres; by default its form with the scripted check. */
  readonly type?: DestinationType;
  readonly policy?: 'private' | 'public';
  readonly secretReuse?: DestinationsParts['secretReuse'];
}

export async function openControlRoom(options: ControlRoomOptions = {}): Promise<ControlRoom> {
  const { check = async () => success, policy = 'private', secretReuse = 'auto' } = options;
  const type = options.type ?? scriptedPostgres(check);
  const find = (name: string) => (name === 'postgres' ? type : findType(name));
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-control-'));
  const store = await openStore({ url: 'sqlite', folder, mode: 'server' });
  const vault = await openVault({ keyring: store.keyring, masterKey: randomBytes(32) });
  const network = createNetwork({ policy, allow: [], egressAddresses: [] });
  const checks = createChecks({ store, vault, network, findType: find, clock: systemClock, log: silentLog });
  checks.start();
  const parts = { store, vault, checks, findType: find, network, secretReuse };
  const accounts = createAccounts({ store, vault, defaultRegion: 'us-east-1' });
  return {
    folder,
    store,
    vault,
    accounts,
    destinations: createDestinations(parts),
    parts,
    otherProcess: createDestinations(parts),
    async enter() {
      const email = `${randomBytes(6).toString('hex')}@example.com`;
      const form = { company: 'Example', email, firstName: 'First', lastName: 'Last' };
      const { account, token } = await accounts.create(form);
      return { account, caller: { accountId: account.id, actor: `token:${token.id}` } };
    },
    async [Symbol.asyncDispose]() {
      await checks[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function scriptedPostgres(check: ScriptedCheck): DestinationType {
  const postgres = findType('postgres');
  if (postgres === undefined) throw new Error('there is no type postgres');
  return {
    ...postgres,
    connector: async () => ({
      capabilities: { sshTunnel: true, tls: 'none', schemas: true, tables: [] },
      resolve: (properties) => properties,
      check: async (properties, context) => await check(context, properties as Record<string, string>),
    }),
  };
}

/** A complete set of properties for postgres, without tunnel and TLS. */
export const postgresProperties = (changes: Record<string, Json> = {}): Record<string, Json> => ({
  host: 'db.example.com',
  port: 5432,
  username: 'loader',
  database: 'warehouse',
  password: 'first-password',
  ssl: false,
  ...changes,
});

export const plainWrite: WriteOptions = { strict: false, waitMilliseconds: 0 };
export const strictWrite: WriteOptions = { strict: true, waitMilliseconds: 0 };
export const plainUpdate: UpdateOptions = { ...plainWrite, ifMatch: null };
export const strictUpdate: UpdateOptions = { ...strictWrite, ifMatch: null };
