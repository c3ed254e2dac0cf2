import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config/options.ts';
import type { CloudEnvironment } from '../destinations/destination.ts';
import { destinationTypes, findType } from '../destinations/registry.ts';
import { createHookSender } from '../hooks/create-hook-sender.ts';
import { createApp } from '../http/app.ts';
import type { Clock } from '../lib/clock.ts';
import { collectGarbage } from '../lib/collect-garbage.ts';
import type { Log } from '../lib/log.ts';
import { createLoader } from '../loading/create-loader.ts';
import type { RunnersGiven } from '../loading/runner.ts';
import { createThreadRunners } from '../loading/threads/thread-runners.ts';
import { makeFirstAccount } from './first-account.ts';
import { httpSettings } from './http-settings.ts';
import { listen } from './listen.ts';
import { networkOptions } from './network-options.ts';
import { openParts } from './open-parts.ts';
import { loaderOptions } from './record-options.ts';
import { renderFirstCall } from './render-first-call.ts';

export interface ServeParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly cloud: CloudEnvironment;
  /** Of the program. */
  readonly version: string;
  /** Shows a text to whoever started the server: the first token, once. It never goes to the log. */
  print(text: string): void;
}

export interface RunningServer {
  /** URL that it answers at, on the address it listens on: `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Rejects (never resolves) when the server can no longer be trusted and the process must exit. */
  readonly failed: Promise<never>;
  /**
   * Stops accepting, finishes requests and loads or hands them and checks back, within 30 seconds at most. May be called twice.
   */
  close(): Promise<void>;
}

/** How long answers may take once nothing is waited for any more. */
const LAST_ANSWERS_MILLISECONDS = 5_000;

/**
 * Starts the server; when it returns, the first request can come. What a first start needs is made: data folder,
 * master key, store, account and token.
 * @throws {Failure} InvalidConfiguration, WrongMasterKey, StoreInUse, StoreTooNew, StoreUnavailable.
 */
export async function serve(given: ServeParts): Promise<RunningServer> {
  const { config, log, clock, cloud, version, print } = given;
  await using starting = new AsyncDisposableStack();
  let unready: string | null = 'The server is starting.';
  const settings = httpSettings({ config, version, unreadyReason: () => unready });

  const parts = starting.use(await openParts({ config, log, clock, cloud, as: 'server' }));
  const { store, vault, checks, accounts, destinations, sources, replays, hooks, intake, rejected, network } =
    parts;
  const types = { all: destinationTypes, find: findType };
  const options = loaderOptions(config);
  const [answers, carries] = [config.roles !== 'loader', config.roles !== 'api'];
  const openRunners = (given: RunnersGiven) =>
    createThreadRunners({ store, vault, findType, cloud, network: networkOptions(config) }, given);
  const loader = starting.use(createLoader({ store, clock, log, options, openRunners }));
  const hookSender = starting.use(createHookSender({ store, vault, network, clock, log }));
  const app = await createApp({
    store,
    destinations,
    accounts,
    sources,
    replays,
    hooks,
    intake,
    rejected,
    checks,
    loader,
    hookSender,
    types,
    network,
    clock,
    log,
    settings,
  });
  starting.defer(() => app.close());
  // What loading the program has left behind: about 20 MB that an idle server would otherwise keep.
  collectGarbage({ thoroughly: true });
  const address = await listen(app, config);
  // Not before: a token that nobody gets to see because the port is taken would be lost.
  const { token, clientId } = config;
  const firstToken = answers ? await makeFirstAccount({ store, accounts, log, token, clientId }) : null;
  if (answers) checks.start();
  if (carries) {
    loader.start();
    hookSender.start();
  }

  unready = null;
  if (firstToken !== null) print(renderFirstCall(config.publicUrl ?? address, firstToken));
  const { roles } = config;
  log.info({ address, version, roles, store: config.store === 'sqlite' ? 'sqlite' : 'postgres' }, 'serving');
  const open = starting.move();

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    unready = 'The server is stopping.';
    log.info({}, 'stopping');
    const closed = app.close();
    await Promise.all([checks, loader, hookSender].map((part) => part[Symbol.asyncDispose]()));
    await Promise.race([closed, pause(LAST_ANSWERS_MILLISECONDS, undefined, { ref: false })]);
    app.server.closeAllConnections();
    await open.disposeAsync();
    log.info({}, 'stopped');
  }

  return {
    address,
    failed: store.failed,
    close() {
      stopping ??= stop();
      return stopping;
    },
  };
}
