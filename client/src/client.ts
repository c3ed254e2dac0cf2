import { createDestinations, type Destinations } from './destinations.ts';
import { createHooks, type Hooks } from './hooks.ts';
import { createReplays, type Replays } from './replays.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSources, type Sources } from './sources.ts';
import { type CallOptions, type ClientOptions, createTransport } from './transport.ts';
import { type WatchedEvent, type WatchOptions, watchEvents } from './watch-events.ts';
import type { Account } from './wire/account.ts';

/** A Backstitch server, as one account sees it. Every call throws a {@link BackstitchError}. */
export interface Client {
  account(options?: CallOptions): Promise<Account>;
  readonly destinations: Destinations;
  readonly sources: Sources;
  readonly replays: Replays;
  readonly hooks: Hooks;
  readonly sessions: Sessions;
  /** What happens in the account, as it happens: see {@link watchEvents}. */
  events(options?: WatchOptions): AsyncGenerator<WatchedEvent, never>;
}

/**
 * ```
 * const backstitch = createClient({ baseUrl: 'https://backstitch.example.com', token });
 * for (const { id, name } of await backstitch.destinations.list()) console.log(id, name);
 * ```
 */
export function createClient(options: ClientOptions = {}): Client {
  const transport = createTransport(options);
  const account = async ({ signal }: CallOptions = {}): Promise<Account> =>
    (await transport.call<Account>('/v4/account', { signal })).value;
  let known: number | undefined;
  /** Asked once for a token, which is of the same account for ever; a browser may be signed in as another one next. */
  const clientId = async (): Promise<number> => {
    const id = known ?? (await account()).id;
    if (options.token !== undefined) known = id;
    return id;
  };

  return {
    account,
    destinations: createDestinations(transport),
    sources: createSources(transport, clientId),
    replays: createReplays(transport),
    hooks: createHooks(transport),
    sessions: createSessions(transport),
    events: (watch) => watchEvents(transport, watch),
  };
}
