import type { DestinationType } from '../destinations/destination.ts';
import { Failure } from '../errors/failure.ts';
import type { Replay } from '../model/replay.ts';
import type { ReplayStart } from '../store/replay-store.ts';
import type { Store } from '../store/store.ts';
import type { Caller } from './control.ts';
import { noSuchSource } from './sources.ts';

/** Loading once more what is kept of a source, so that another destination gets it without the sender. */
export interface Replays {
  /**
   * @throws {Failure} InvalidId (no such source, or destination), SourcePaused, UnknownTable,
   * NothingRetained, ReplayUnderWay, RowsWouldDouble.
   */
  start(caller: Caller, sourceId: number, request: ReplayRequest): Promise<Replay>;
  /** Newest first. @throws {Failure} InvalidId */
  list(caller: Caller, sourceId: number): Promise<readonly Replay[]>;
  /** @throws {Failure} InvalidId (no such source, or replay). */
  get(caller: Caller, sourceId: number, id: number): Promise<Replay>;
  /** Gives up what has not been loaded; rows that were loaded stay. @throws {Failure} InvalidId */
  cancel(caller: Caller, sourceId: number, id: number): Promise<Replay>;
}

export interface ReplayRequest {
  readonly destinationId: number;
  /** Left out: all. */
  readonly tables?: readonly string[];
  /** Milliseconds since 1970; left out: everything that is kept. */
  readonly since?: number;
  /** Also into tables that only grow, and hold these batches already. */
  readonly force?: boolean;
}

export interface ReplaysParts {
  readonly store: Pick<Store, 'sources' | 'destinations' | 'replays'>;
  findType(name: string): DestinationType | undefined;
}

export function createReplays({ store, findType }: ReplaysParts): Replays {
  async function checkSource({ accountId }: Caller, id: number): Promise<void> {
    const source = await store.sources.get(accountId, id);
    if (source === null) throw noSuchSource(id);
  }

  async function find(caller: Caller, sourceId: number, id: number): Promise<Replay> {
    const replay = (await list(caller, sourceId)).find((each) => each.id === id);
    if (replay) return replay;
    throw new Failure('InvalidId', `replay not found (${id})`, {
      remedy: `GET /v4/sources/${sourceId}/replays lists those of the source.`,
    });
  }

  async function list(caller: Caller, sourceId: number): Promise<readonly Replay[]> {
    await checkSource(caller, sourceId);
    return await store.replays.list(caller.accountId, sourceId);
  }

  return {
    async start(caller, sourceId, { destinationId, tables, since, force = false }) {
      const { accountId } = caller;
      const source = await store.sources.get(accountId, sourceId);
      if (source === null || source.deletedAt !== null) throw noSuchSource(sourceId);
      const destination = await store.destinations.get(accountId, destinationId);
      if (destination === null)
        throw new Failure('InvalidId', `destination not found (${destinationId})`, {
          remedy: 'GET /v4/destinations lists those of the account.',
        });
      const connector = await findType(destination.type)?.connector?.();
      const appendOnly = connector?.capabilities.tables.every(({ upsert }) => !upsert) ?? false;
      const started = await store.replays.start({
        accountId,
        sourceId,
        destinationId,
        tables: tables ?? null,
        since: since ?? null,
        appendOnly,
        force,
      });
      if (started.outcome !== 'started') throw refusal(started, sourceId, destinationId);
      return await find(caller, sourceId, started.id);
    },
    list,
    get: find,
    async cancel(caller, sourceId, id) {
      await find(caller, sourceId, id);
      await store.replays.cancel(caller.accountId, sourceId, id);
      return await find(caller, sourceId, id);
    },
  };
}

const named = (tables: readonly string[]): string =>
  `${tables.slice(0, 5).join(', ')}${tables.length > 5 ? ` and ${tables.length - 5} more` : ''}`;

function refusal(
  started: Exclude<ReplayStart, { outcome: 'started' }>,
  sourceId: number,
  destinationId: number,
): Failure {
  switch (started.outcome) {
    case 'paused':
      return new Failure('SourcePaused', `Source ${sourceId} is paused, so that nothing of it is loaded.`, {
        remedy: `PUT /v4/sources/${sourceId} with "paused_at": null, and ask again.`,
      });
    case 'unknown_tables':
      return new Failure('UnknownTable', `Source ${sourceId} has never sent: ${named(started.tables)}.`, {
        remedy: 'Name tables as the sender does: table_name, before it is cleaned for a destination.',
      });
    case 'nothing_retained':
      return new Failure(
        'NothingRetained',
        `Of what was asked for, no loaded batch of source ${sourceId} is kept.`,
        {
          remedy:
            'Ask for an earlier time or other tables. Payloads are kept for a while after they were loaded (retention_days, retention_bytes): what is older has to be sent again.',
        },
      );
    case 'under_way':
      return new Failure(
        'ReplayUnderWay',
        `Replay ${started.id} of source ${sourceId} into destination ${destinationId} goes on.`,
        {
          remedy: `Wait until it has ended, or cancel it: DELETE /v4/sources/${sourceId}/replays/${started.id}.`,
        },
      );
    case 'held':
      return new Failure(
        'RowsWouldDouble',
        `Destination ${destinationId} holds these batches already, in tables that only grow: ${named(started.tables)}.`,
        {
          remedy:
            'Leave these tables out, ask for a later time, or remove their rows there and set "force" to true: then every row is added once more.',
        },
      );
  }
}
