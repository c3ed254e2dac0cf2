import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DestinationType } from '../../src/destinations/destination.ts';
import { findType } from '../../src/destinations/registry.ts';
import { createIntake, type IntakeOptions } from '../../src/intake/create-intake.ts';
import type { Acceptance, Intake } from '../../src/intake/intake.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import { createLoader, type LoaderParts } from '../../src/loading/create-loader.ts';
import type { LoaderOptions } from '../../src/loading/loader-options.ts';
import type { LoadEvent, Loader } from '../../src/loading/loading.ts';
import { createLocalRunners } from '../../src/loading/local-runners.ts';
import { createThreadRunners } from '../../src/loading/threads/thread-runners.ts';
import type { Account } from '../../src/model/account.ts';
import type { Destination } from '../../src/model/destination.ts';
import type { Source } from '../../src/model/source.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import type { BatchState } from '../../src/store/load-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openVault, type Vault } from '../../src/store/vault.ts';
import { aSource } from '../store/records-under-test.ts';
import { aDestination, anAccount, anUpdate } from '../store/store-under-test.ts';
import { silentLog } from '../support/silent-log.ts';

/** Where a test keeps its store. */
export interface StorePlace {
  /** `sqlite`, or the connection string of a PostgreSQL database. */
  readonly url: string;
  readonly folder: string;
  /** Hex. */
  readonly masterKey: string;
}

/** A database that rows go into: a PostgreSQL unless it says otherwise. */
export interface Warehouse {
  readonly type?: string;
  readonly host: string;
  readonly port: number;
  /** Left out where the type has none. */
  readonly database?: string;
  readonly user: string;
  readonly password: string;
}

/** Intake and loaders over a real store, as one process has them. */
export interface LoadingRoom extends AsyncDisposable {
  readonly place: StorePlace;
  readonly store: Store;
  readonly intake: Intake;
  /** What its loaders told. */
  readonly events: readonly LoadEvent[];
  addAccount(): Promise<Account>;
  addDestination(account: Account, warehouse: Warehouse): Promise<Destination>;
  /** Gives a destination the settings of another warehouse. */
  move(destination: Destination, warehouse: Warehouse): Promise<void>;
  addSource(destination: Destination, properties?: Source['properties']): Promise<Source>;
  /** Everything a table needs, in an account of its own. */
  addAll(warehouse: Warehouse): Promise<{ account: Account; destination: Destination; source: Source }>;
  /** Sends a body of `POST /v2/import/batch`. */
  send(source: Source, body: BatchBody, idempotencyKey?: string): Promise<Acceptance>;
  /** Starts a loader, which stops with the room if not before. */
  startLoader(options?: Partial<LoaderOptions>, extra?: DestinationType): Loader;
  /** The same, with sessions in threads; of this program, where it is given. */
  startThreadedLoader(options?: Partial<LoaderOptions>, program?: URL): Loader;
  batches(source: Source): Promise<BatchState[]>;
}

export interface BatchBody {
  readonly table_name: string;
  readonly key_names?: readonly string[];
  readonly schema?: object;
  readonly table_version?: number;
  readonly messages: readonly object[];
}

/** Upserts with growing sequences, from this one on. */
export const upserts = (records: readonly object[], sequence = 1): object[] =>
  records.map((data, index) => ({ action: 'upsert', sequence: sequence + index, data }));

export const rows = (table: string, records: readonly object[], sequence = 1): BatchBody => ({
  table_name: table,
  key_names: ['id'],
  messages: upserts(records, sequence),
});

/** Quick, so that tests do not wait. */
export const quickOptions: Partial<LoaderOptions> = {
  pollMilliseconds: 100,
  joinMilliseconds: 0,
  suspicionMilliseconds: 1_000,
  firstMilliseconds: 20,
  mostMilliseconds: 200,
};

export interface RoomOptions {
  /** By default a place of its own. */
  readonly place?: StorePlace;
  /** Where a store of its own is; `sqlite` by default. */
  readonly storeUrl?: string;
  readonly mode?: 'server' | 'shared';
  readonly log?: Log;
  readonly intake?: Partial<IntakeOptions>;
}

export async function openLoadingRoom(options: RoomOptions = {}): Promise<LoadingRoom> {
  await using opening = new AsyncDisposableStack();
  const { log = silentLog, mode = 'server', place = newPlace(opening, options.storeUrl) } = options;
  const store = opening.use(await openStore({ url: place.url, folder: place.folder, mode, log }));
  const masterKey = Buffer.from(place.masterKey, 'hex');
  const vault = await openVault({ keyring: store.keyring, masterKey });
  const networkOptions = { policy: 'private' as const, allow: [], egressAddresses: [] };
  const network = createNetwork(networkOptions);
  const intake = opening.use(createIntake({ store, ...(options.intake && { options: options.intake }) }));
  const events: LoadEvent[] = [];
  const opened = opening.move();

  const addAccount = async () => {
    const uid = randomBytes(16).toString('hex');
    const sealedSshPrivateKey = await vault.seal(uid, 'ssh_private_key', 'no key');
    return await store.accounts.create(anAccount({ uid, sealedSshPrivateKey }));
  };
  const addDestination = async (account: Account, warehouse: Warehouse) => {
    const uid = randomBytes(16).toString('hex');
    const sealed = await sealedOf(vault, uid, warehouse);
    return await store.destinations.create(
      aDestination(account, {
        uid,
        sealed,
        properties: propertiesOf(warehouse),
        ...(warehouse.type !== undefined && { type: warehouse.type }),
      }),
    );
  };
  const addSource = async ({ id, accountId }: Destination, properties: Source['properties'] = {}) => {
    const account = await store.accounts.get(accountId);
    if (account === null) throw new Error('the account is gone');
    return await store.sources.create(aSource(account, { destinationId: id, properties }));
  };

  const start = (given: Partial<LoaderOptions>, openRunners: LoaderParts['openRunners']) => {
    const own = { ...quickOptions, ...given };
    const loader = opened.use(createLoader({ store, clock: systemClock, log, openRunners, options: own }));
    loader.onEvent((event) => events.push(event));
    loader.start();
    return loader;
  };

  return {
    place,
    store,
    intake,
    events,
    addAccount,
    addDestination,
    addSource,
    async move(destination, warehouse) {
      const current = await store.destinations.get(destination.accountId, destination.id);
      if (current === null) throw new Error('the destination is gone');
      const sealed = await sealedOf(vault, destination.uid, warehouse);
      await store.destinations.update(anUpdate(current, { properties: propertiesOf(warehouse), sealed }));
    },
    async addAll(warehouse) {
      const account = await addAccount();
      const destination = await addDestination(account, warehouse);
      return { account, destination, source: await addSource(destination) };
    },
    async send(source, body, idempotencyKey) {
      return await intake.accept({
        source,
        format: 'batch',
        body: Buffer.from(JSON.stringify({ schema: {}, ...body })),
        clientId: source.accountId,
        idempotencyKey: idempotencyKey ?? null,
      });
    },
    startLoader(given = {}, extra) {
      const find = (name: string) => (extra?.type === name ? extra : findType(name));
      return start(given, (own) => createLocalRunners({ store, vault, network, findType: find }, own));
    },
    startThreadedLoader(given = {}, program) {
      const parts = { store, vault, findType, network: networkOptions, ...(program && { program }) };
      return start(given, (own) => createThreadRunners(parts, own));
    },
    batches: (source) => store.batches.list(source.accountId, source.id, { limit: 10_000 }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function newPlace(opened: AsyncDisposableStack, url = 'sqlite'): StorePlace {
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-loading-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  return { url, folder, masterKey: randomBytes(32).toString('hex') };
}

const propertiesOf = ({ host, port, user, database }: Warehouse) => ({
  host,
  port: String(port),
  username: user,
  ...(database !== undefined && { database }),
  ssl: 'false',
});

const sealedOf = async (vault: Vault, uid: string, { password }: Warehouse) => ({
  password: await vault.seal(uid, 'password', password),
});
