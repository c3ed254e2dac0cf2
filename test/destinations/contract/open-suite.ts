import { expect } from 'vitest';
import type { Capabilities, TableCapabilities } from '../../../src/destinations/capabilities.ts';
import type { Connector, LoadContext } from '../../../src/destinations/destination.ts';
import type { LoadBatch, LoadPlan, Session } from '../../../src/destinations/session.ts';
import type { LoadResult } from '../../../src/model/load-result.ts';
import { createNetwork } from '../../../src/network/create-network.ts';
import { again, makeBatch, randomId, type SentBatch } from '../../support/load-session.ts';
import { expectedRecords, type Loaded } from './expected-records.ts';
import { type StandingRecord, standingRecords } from './standing-records.ts';
import type { PlaceUnderTest, TypeUnderTest, Way } from './type-under-test.ts';

/** What every part of the contract suite is given. */
export interface Suite {
  readonly given: TypeUnderTest;
  readonly connector: Connector;
  readonly capabilities: Capabilities;
  readonly tables: TableCapabilities;
  readonly ways: readonly Way[];
  /** An empty place, and a session that loads into it. */
  open(way?: Way): Promise<Room>;
}

/** A place with a session; it remembers what was loaded, and says whether that is what stands. */
export interface Room extends AsyncDisposable {
  readonly place: PlaceUnderTest;
  readonly session: Session;
  /** Another session to the same place. @param port another one in front of it. */
  openSession(port?: number): Promise<Session>;
  load(table: string, batches: readonly SentBatch[], options?: LoadOptions): Promise<LoadResult>;
  loadBatches(table: string, batches: readonly LoadBatch[], options?: LoadOptions): Promise<LoadResult>;
  plan(table: string, plan?: Partial<LoadPlan>): LoadPlan;
  records(table: string): Promise<StandingRecord[]>;
  /** Holds what stands in a table against everything that was loaded into it: not a row more or less. */
  expectLoaded(table: string): Promise<void>;
}

export interface LoadOptions extends Partial<LoadPlan> {
  readonly session?: Session;
  readonly signal?: AbortSignal;
}

const never = new AbortController().signal;

export const contextOf = (signal: AbortSignal = never): LoadContext => ({
  network: createNetwork({ policy: 'private', allow: [], egressAddresses: [] }),
  signal,
  ssh: { privateKey: '', publicKey: '', pinnedHostKey: () => null, onHostKey: () => {} },
});

/** As the server passes it on. */
export function cloudOf(place: PlaceUnderTest, port?: number): Pick<LoadContext, 'cloud'> {
  const cloud = place.cloud?.(port);
  return cloud === undefined ? {} : { cloud };
}

export async function openRoom(place: PlaceUnderTest, way: Way, tables: TableCapabilities): Promise<Room> {
  const sessions: Session[] = [];
  const openSession = async (port?: number): Promise<Session> => {
    const session = await way.open(place.properties(port), { ...contextOf(), ...cloudOf(place, port) });
    sessions.push(session);
    return session;
  };
  const session = await openSession();
  const loaded = new Map<string, Map<string, Loaded>>();
  const names = new Map<string, string>();

  const plan: Room['plan'] = (table, given = {}) => ({
    loadId: randomId(),
    lane: { schema: place.schema, table },
    fence: 1,
    batchedAt: 1_700_000_001_000,
    ...given,
  });
  const nameOf = (table: string): string => names.get(table) ?? table;

  const room: Room = {
    place,
    session,
    openSession,
    plan,
    load: (table, batches, options) => room.loadBatches(table, batches.map(makeBatch), options),
    async loadBatches(table, batches, { session: own = session, signal = never, ...rest } = {}) {
      const result = await own.load(plan(table, rest), again(batches), signal);
      const known = loaded.get(table) ?? new Map<string, Loaded>();
      loaded.set(table, known);
      for (const batch of batches) known.set(batch.facts.id, { batch, rejections: result.rejections });
      names.set(table, result.tables[0]?.destination ?? table);
      return result;
    },
    records: (table) => standingRecords(place, nameOf(table)),
    async expectLoaded(table) {
      const expected = expectedRecords([...(loaded.get(table)?.values() ?? [])], tables);
      expect(await standingRecords(place, nameOf(table))).toEqual(expected);
    },
    async [Symbol.asyncDispose]() {
      for (const each of sessions) await each[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
  return room;
}
