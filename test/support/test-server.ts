import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type ChecksOptions, createChecks } from '../../src/checks/create-checks.ts';
import { createAccounts } from '../../src/control/accounts.ts';
import type { Accounts } from '../../src/control/control.ts';
import { createDestinations } from '../../src/control/destinations.ts';
import { createHooks } from '../../src/control/hooks.ts';
import { createReplays } from '../../src/control/replays.ts';
import { createSources } from '../../src/control/sources.ts';
import type { DestinationType } from '../../src/destinations/destination.ts';
import { destinationTypes } from '../../src/destinations/registry.ts';
import { createApp } from '../../src/http/app.ts';
import type { DestinationTypes } from '../../src/http/app-parts.ts';
import { defaultHttpSettings, type HttpSettings } from '../../src/http/settings.ts';
import { createIntake, type IntakeOptions } from '../../src/intake/create-intake.ts';
import { createRejectedRecords } from '../../src/intake/rejected-records.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import type { Lookup } from '../../src/network/resolve.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openVault } from '../../src/store/vault.ts';
import { type RawAnswer, type RawRequest, sendRequest } from './http-request.ts';
import { silentLog } from './silent-log.ts';

/** A whole server on loopback: the HTTP surfaces over real rules, checks, network and an SQLite store of its own. */
export interface TestServer extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly accounts: Accounts;
  /** `http://127.0.0.1:…` */
  readonly origin: string;
  readonly port: number;
  /** Folder of the store. */
  readonly folder: string;
  /** The account that {@link TestServer.request} asks for. */
  readonly visitor: Visitor;
  /** Makes another account. */
  enter(): Promise<Visitor>;
  /** One request with the visitor's token, unless the headers have another authorization (empty: none). */
  request(method: string, path: string, options?: RawRequest & { readonly as?: Visitor }): Promise<RawAnswer>;
}

export interface Visitor {
  readonly accountId: number;
  readonly token: string;
  readonly tokenId: number;
}

export interface TestServerOptions {
  readonly policy?: 'private' | 'public';
  readonly allow?: readonly string[];
  readonly egressAddresses?: readonly string[];
  /** What names of hosts lead to; the system's resolver by default. */
  readonly lookup?: Lookup;
  readonly settings?: Partial<HttpSettings>;
  /** Types that stand for those of the same name in the registry. */
  readonly types?: readonly DestinationType[];
  /** How checks are run: their deadline, how many may start in a minute … */
  readonly checks?: Partial<ChecksOptions>;
  /** How much is taken in at one time. */
  readonly intake?: Partial<IntakeOptions>;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Connection string of a store on PostgreSQL; by default it is SQLite in a folder of its own. */
  readonly storeUrl?: string;
  /** 32 bytes; random by default. Servers that share a store share it. */
  readonly masterKey?: Buffer;
  /** Stands between the surfaces and the store, to make it fail. */
  readonly wrapStore?: (store: Store) => Store;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const {
    policy = 'private',
    allow = [],
    egressAddresses = [],
    clock = systemClock,
    log = silentLog,
  } = options;
  await using opening = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-http-'));
  opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  const store = opening.use(await openStore({ url: options.storeUrl ?? 'sqlite', folder, mode: 'server' }));
  const vault = await openVault({ keyring: store.keyring, masterKey: options.masterKey ?? randomBytes(32) });
  const network = createNetwork({
    policy,
    allow,
    egressAddresses,
    ...(options.lookup && { lookup: options.lookup }),
  });
  const types = withReplaced(options.types ?? []);
  const parts = { store, vault, network, findType: types.find, clock, log, secretReuse: 'auto' } as const;
  const { checksPerMinute: perMinute } = defaultHttpSettings;
  const checks = opening.use(
    createChecks({
      ...parts,
      schemasOf: store.sources.schemasOf,
      options: { perMinute, ...options.checks },
    }),
  );
  checks.start();
  const accounts = createAccounts({ store, vault, defaultRegion: 'us-east-1' });
  const intake = opening.use(createIntake({ store, ...(options.intake && { options: options.intake }) }));
  const app = await createApp({
    ...parts,
    store: options.wrapStore?.(store) ?? store,
    destinations: createDestinations({ ...parts, checks }),
    accounts,
    sources: createSources({ store }),
    replays: createReplays(parts),
    hooks: createHooks(parts),
    intake,
    rejected: createRejectedRecords({ store }),
    checks,
    types,
    settings: { ...defaultHttpSettings, ...options.settings },
  });
  opening.defer(async () => {
    // As the real server does: a connection that never brought a request would be waited for.
    const patience = setTimeout(() => app.server.closeAllConnections(), 2_000);
    await app.close();
    clearTimeout(patience);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  const enter = async (): Promise<Visitor> => {
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    const form = { company: 'Example', email, firstName: 'First', lastName: 'Last' };
    const { account, token } = await accounts.create(form);
    return { accountId: account.id, token: token.value, tokenId: token.id };
  };
  const visitor = await enter();
  const resources = opening.move();

  return {
    app,
    store,
    accounts,
    origin,
    port,
    folder,
    visitor,
    enter,
    async request(method, target, { as = visitor, headers = {}, ...rest } = {}) {
      const authorization = { authorization: `Bearer ${as.token}` };
      const contentType = rest.body === undefined ? {} : { 'content-type': 'application/json' };
      const all = Object.entries({ ...authorization, ...contentType, ...headers });
      return await sendRequest(origin, method, target, {
        ...rest,
        headers: Object.fromEntries(all.filter(([, value]) => value !== '')),
      });
    },
    async [Symbol.asyncDispose]() {
      await resources.disposeAsync();
    },
  };
}

function withReplaced(replacements: readonly DestinationType[]): DestinationTypes {
  const byName = new Map(destinationTypes.map((type) => [type.type, type]));
  for (const type of replacements) byName.set(type.type, type);
  return { all: [...byName.values()], find: (name) => byName.get(name) };
}
