import { randomBytes } from 'node:crypto';
import { openLoadSession } from '../../src/destinations/postgres/load/open-load-session.ts';
import { type LoadTuning, usualTuning } from '../../src/destinations/postgres/load/session-settings.ts';
import { resolveSettings } from '../../src/destinations/postgres/settings.ts';
import {
  type LoadBatch,
  LoadFailure,
  type LoadMessage,
  type LoadPlan,
  type Session,
} from '../../src/destinations/session.ts';
import type { LoadResult } from '../../src/model/load-result.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { compileSchema, untyped } from '../../src/shape/schema-place.ts';
import type { Int64 } from '../../src/shape/shape.ts';
import type { TestDatabase } from './database.ts';
import { properties } from './run-check.ts';

/** A random id, as loads and batches have. */
export const randomId = (): string => randomBytes(16).toString('hex');

export interface SentRecord {
  readonly data: object;
  readonly sequence?: unknown;
  readonly extractedAt?: string;
}

export interface SentBatch {
  readonly id?: string;
  /** Default `["id"]`. */
  readonly keyNames?: readonly string[];
  readonly tableVersion?: Int64 | null;
  readonly bookmarkNames?: readonly string[];
  /** JSON Schema; default: everything is typed by value. */
  readonly schema?: unknown;
  readonly receivedAt?: number;
  readonly messages: readonly (SentRecord | { readonly activate: Int64 })[];
}

/** Records in the order of their sequences, 1, 2, 3 … */
export const records = (...data: readonly object[]): SentBatch => ({
  messages: data.map((each, index) => ({ data: each, sequence: index + 1 })),
});

export function makeBatch(sent: SentBatch): LoadBatch {
  return {
    facts: {
      id: sent.id ?? randomId(),
      receivedAt: sent.receivedAt ?? 1_700_000_000_000_000,
      tableVersion: sent.tableVersion ?? null,
    },
    keyNames: sent.keyNames ?? ['id'],
    ...(sent.bookmarkNames && { bookmarkNames: sent.bookmarkNames }),
    place: sent.schema === undefined ? untyped : compileSchema(sent.schema),
    messages: sent.messages.map(
      (message, position): LoadMessage =>
        'activate' in message
          ? { action: 'activate_version', version: message.activate, position }
          : {
              action: 'upsert',
              record: {
                data: message.data,
                sequence: message.sequence ?? null,
                extractedAt: message.extractedAt,
                position,
              },
            },
    ),
  };
}

/** Batches that can be gone through again, as a loader gives them. */
export const again = (batches: readonly LoadBatch[]): AsyncIterable<LoadBatch> => ({
  async *[Symbol.asyncIterator]() {
    yield* batches;
  },
});

export interface TestSession extends AsyncDisposable {
  readonly session: Session;
  /** Loads these batches into `source.<table>` in one load. */
  load(table: string, batches: readonly SentBatch[], plan?: Partial<LoadPlan>): Promise<LoadResult>;
}

export interface TestSessionOptions {
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly schema?: string;
  readonly signal?: AbortSignal;
  readonly tuning?: Partial<LoadTuning>;
}

/** A session over the real network, as the database's owner unless said otherwise. */
export async function openTestSession(
  db: Pick<TestDatabase, 'host' | 'port' | 'user' | 'password' | 'database'>,
  options: TestSessionOptions = {},
): Promise<TestSession> {
  const settings = resolveSettings(
    properties(
      { host: db.host, port: options.port ?? db.port },
      {
        username: options.user ?? db.user,
        password: options.password ?? db.password,
        database: db.database,
      },
    ),
  );
  const session = await openLoadSession(
    settings,
    {
      network: createNetwork({ policy: 'private', allow: [], egressAddresses: [] }),
      signal: options.signal ?? new AbortController().signal,
      ssh: { privateKey: '', publicKey: '', pinnedHostKey: () => null, onHostKey: () => {} },
    },
    { ...usualTuning, ...options.tuning },
  );
  return {
    session,
    load: (table, batches, plan = {}) =>
      session.load(
        {
          loadId: randomId(),
          lane: { schema: options.schema ?? 'source', table },
          fence: 1,
          batchedAt: 1_700_000_001_000,
          ...plan,
        },
        again(batches.map(makeBatch)),
        options.signal ?? new AbortController().signal,
      ),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Both ways that rows take: with the statements, and staged. */
export const bothWays = [
  { way: 'given', tuning: {} },
  { way: 'staged', tuning: { givenRows: 0 } },
] as const;

/** The failure that a load ends with. */
export async function failureOf(load: Promise<unknown>): Promise<LoadFailure> {
  const error = await load.then(
    () => new Error('it did not fail'),
    (failure: unknown) => failure,
  );
  if (!(error instanceof LoadFailure)) throw error;
  return error;
}
