import type { Checks } from '../checks/checks.ts';
import { createChecks } from '../checks/create-checks.ts';
import type { Config } from '../config/options.ts';
import { createAccounts } from '../control/accounts.ts';
import type { Accounts, Destinations, Sources } from '../control/control.ts';
import { createDestinations } from '../control/destinations.ts';
import { createHooks, type Hooks } from '../control/hooks.ts';
import { createReplays, type Replays } from '../control/replays.ts';
import { createSources } from '../control/sources.ts';
import type { CloudEnvironment } from '../destinations/destination.ts';
import { findType } from '../destinations/registry.ts';
import { assert } from '../errors/bug.ts';
import { createIntake } from '../intake/create-intake.ts';
import type { Intake } from '../intake/intake.ts';
import { createRejectedRecords, type RejectedRecords } from '../intake/rejected-records.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createNetwork } from '../network/create-network.ts';
import type { Network } from '../network/network.ts';
import { findMasterKey, firstMasterKey, type MasterKey, parseMasterKey } from '../store/master-key-file.ts';
import { openStore } from '../store/open-store.ts';
import { fingerprintOf } from '../store/sealing.ts';
import type { Store } from '../store/store.ts';
import { openVault, type Vault } from '../store/vault.ts';
import { findFolder, makeFolder, noInstallation } from './installation-folder.ts';
import { networkOptions } from './network-options.ts';
import { intakeOptions } from './record-options.ts';

/** Everything of a server but its HTTP side. Disposing hands unfinished checks back, then closes the store. */
export interface Parts extends AsyncDisposable {
  readonly store: Store;
  readonly vault: Vault;
  readonly network: Network;
  /** Not started. */
  readonly checks: Checks;
  readonly accounts: Accounts;
  readonly destinations: Destinations;
  readonly sources: Sources;
  readonly replays: Replays;
  readonly hooks: Hooks;
  readonly intake: Intake;
  readonly rejected: RejectedRecords;
}

export interface PartsOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly cloud: CloudEnvironment;
  /** A `server` owns its data folder and makes what is missing in it; a `command` works beside a server. */
  readonly as: 'server' | 'command';
}

/**
 * Opens an installation.
 * @throws {Failure} InvalidConfiguration (for a command also: there is none yet), WrongMasterKey, StoreInUse,
 * StoreTooNew, StoreUnavailable.
 */
export async function openParts({ config, log, clock, cloud, as }: PartsOptions): Promise<Parts> {
  await using opening = new AsyncDisposableStack();
  const isServer = as === 'server';
  const folder = placeOf(config, isServer);
  const mode = isServer ? 'server' : 'shared';
  const store = opening.use(await openStore({ url: config.store, folder, mode, log, clock }));
  const masterKey = await masterKeyOf({ config, store, folder, isServer });
  // The key file may be replaced while this process runs; a configured key may not.
  const keyFile = config.masterKey === null && {
    findMasterKey: (fingerprint: string) => findMasterKey(folder, { fingerprint, fingerprintOf }),
  };
  const vault = await openVault({ keyring: store.keyring, masterKey, ...keyFile });
  const network = createNetwork({ ...networkOptions(config), clock });
  const options = { concurrency: config.checkConcurrency, perMinute: config.checksPerMinute };
  const { schemasOf } = store.sources;
  const checks = opening.use(
    createChecks({ store, vault, network, cloud, clock, log, findType, schemasOf, options }),
  );
  const accounts = createAccounts({ store, vault, defaultRegion: config.region });
  const { secretReuse, destinationLimit } = config;
  const destinations = createDestinations({
    store,
    vault,
    checks,
    findType,
    network,
    secretReuse,
    destinationLimit,
  });
  const intake = opening.use(
    createIntake({
      store,
      folder: config.store === 'sqlite' ? folder : null,
      options: intakeOptions(config),
    }),
  );
  const opened = opening.move();
  return {
    store,
    vault,
    network,
    checks,
    accounts,
    destinations,
    sources: createSources({ store }),
    replays: createReplays({ store, findType }),
    hooks: createHooks({ store, vault, network }),
    intake,
    rejected: createRejectedRecords({ store }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A store on PostgreSQL with a given key needs no folder of its own. */
function placeOf({ data, store }: Config, isServer: boolean): string {
  if (isServer) return makeFolder(data);
  return store === 'sqlite' ? findFolder(data) : data;
}

async function masterKeyOf(from: {
  config: Config;
  store: Store;
  folder: string;
  isServer: boolean;
}): Promise<MasterKey> {
  const { config, store, folder, isServer } = from;
  if (config.masterKey !== null) {
    const given = parseMasterKey(config.masterKey);
    assert(given, 'the configuration holds no master key that cannot be parsed');
    return given;
  }
  const keyring = await store.keyring.read();
  if (keyring) return findMasterKey(folder, { fingerprint: keyring.masterFingerprint, fingerprintOf });
  if (!isServer) throw noInstallation(folder);
  return firstMasterKey(folder);
}
