import { createPages, type Pages } from './pages.ts';
import { randomKey } from './random-key.ts';
import type { Answer, CallOptions, Transport } from './transport.ts';
import type { Activity } from './wire/activity.ts';
import type { Timestamp } from './wire/json.ts';
import type { Load, RejectedTable, Rejection, RetriedRecords, SchemaChange } from './wire/load.ts';
import type { Batch, CreateSource, Discard, IssuedToken, Source, UpdateSource } from './wire/source.ts';

export interface RejectedFilter {
  /** As it was sent. */
  readonly table?: string;
  /** Id of a batch. */
  readonly batch?: string;
  readonly since?: Timestamp;
}

export interface BatchFilter {
  readonly table?: string;
  readonly state?: Batch['state'];
  /** 20 by default, 100 at most. */
  readonly limit?: number;
}

/** Where records come from, and what became of them. */
export interface Sources {
  /** Oldest first, deleted ones included. */
  list(options?: CallOptions): Promise<readonly Source[]>;
  /** @throws {NotFoundError} here and in all calls that take an id. */
  get(id: number, options?: CallOptions): Promise<Source>;
  /** @param options.idempotencyKey random by default, which makes repetitions safe. */
  create(source: CreateSource, options?: CallOptions & { readonly idempotencyKey?: string }): Promise<Source>;
  update(id: number, changes: UpdateSource, options?: CallOptions): Promise<Source>;
  /** Records that wait are discarded; says how many batches. */
  delete(id: number, options?: CallOptions): Promise<{ source: Source; discardedBatches: number }>;
  /** Its value is shown here and never again. A source has two at most. */
  createToken(id: number, options?: CallOptions): Promise<IssuedToken>;
  /** Ids of its tokens. */
  tokens(id: number, options?: CallOptions): Promise<readonly number[]>;
  revokeToken(id: number, tokenId: number, options?: CallOptions): Promise<Source>;
  /** Newest first. */
  batches(id: number, filter?: BatchFilter & CallOptions): Promise<readonly Batch[]>;
  /**
   * Gives up a batch that is blocked or quarantined, so that others of its table are loaded.
   * @throws {ConflictError} it is in another state.
   */
  discardBatch(id: number, batchId: string, options?: CallOptions): Promise<Discard>;
  /** What was rejected, by table. */
  rejected(id: number, options?: CallOptions): Promise<readonly RejectedTable[]>;
  /** Newest first, 20 by default, 100 at most. Something of the filter has to be given. */
  rejections(
    id: number,
    filter: RejectedFilter & CallOptions & { readonly limit?: number },
  ): Promise<readonly Rejection[]>;
  /** Whole, a JSON object on each line with the `record` as it was sent; everything if no filter is given. */
  rejectedRecords(
    id: number,
    filter?: RejectedFilter & CallOptions,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** Loads rejected records again, after what was wrong has been mended. */
  retryRejected(id: number, filter?: RejectedFilter, options?: CallOptions): Promise<RetriedRecords>;
  /** The last load of each table, of all sources. */
  loads(options?: CallOptions): Pages<Load>;
  /** How loading went over time, since a day ago by default, and how it stands now. */
  activity(filter?: ActivityFilter & CallOptions): Promise<Activity>;
  /** How loads changed tables, newest first. */
  schemaChanges(filter?: SchemaChangeFilter & CallOptions): Pages<SchemaChange>;
}

export interface ActivityFilter {
  readonly sourceId?: number;
  readonly table?: string;
  /** At most 60 days ago. */
  readonly since?: Timestamp;
}

export type SchemaChangeFilter = ActivityFilter;

export function createSources(transport: Transport, clientId: () => Promise<number>): Sources {
  const { call } = transport;
  const at = (id: number, rest = ''): string => `/v4/sources/${id}${rest}`;
  const value = async <T>(answer: Promise<Answer<T>>): Promise<T> => (await answer).value;

  return {
    list: ({ signal } = {}) => value(call<Source[]>('/v4/sources', { signal })),
    get: (id, { signal } = {}) => value(call<Source>(at(id), { signal })),
    create: (body, { signal, idempotencyKey = randomKey() } = {}) =>
      value(
        call<Source>('/v4/sources', {
          method: 'POST',
          body,
          headers: { 'idempotency-key': idempotencyKey },
          signal,
        }),
      ),
    update: (id, body, { signal } = {}) => value(call<Source>(at(id), { method: 'PUT', body, signal })),
    async delete(id, { signal } = {}) {
      const { value: source, headers } = await call<Source>(at(id), { method: 'DELETE', signal });
      return { source, discardedBatches: Number(headers.get('backstitch-discarded-batches') ?? 0) };
    },
    createToken: (id, { signal } = {}) =>
      value(call<IssuedToken>(at(id, '/tokens'), { method: 'POST', signal })),
    tokens: (id, { signal } = {}) => value(call<number[]>(at(id, '/tokens'), { signal })),
    revokeToken: (id, tokenId, { signal } = {}) =>
      value(call<Source>(at(id, `/tokens/${tokenId}`), { method: 'DELETE', signal })),
    batches: (id, { signal, ...query } = {}) => value(call<Batch[]>(at(id, '/batches'), { query, signal })),
    discardBatch: (id, batchId, { signal } = {}) =>
      value(
        call<Discard>(at(id, `/batches/${encodeURIComponent(batchId)}/discard`), { method: 'POST', signal }),
      ),
    rejected: (id, { signal } = {}) => value(call<RejectedTable[]>(at(id, '/rejected'), { signal })),
    rejections: (id, { signal, ...query }) =>
      value(call<Rejection[]>(at(id, '/rejected'), { query, signal })),
    async rejectedRecords(id, { signal, ...query } = {}) {
      const { body } = await transport.open(at(id, '/rejected/records'), { query, signal });
      return body ?? new ReadableStream({ start: (empty) => empty.close() });
    },
    retryRejected: (id, filter = {}, { signal } = {}) =>
      value(call<RetriedRecords>(at(id, '/rejected/retry'), { method: 'POST', body: filter, signal })),
    loads: ({ signal } = {}) =>
      createPages<Load>(transport, { path: async () => `/v4/${await clientId()}/loads`, signal }),
    activity: async ({ signal, sourceId, ...query } = {}) =>
      await value(
        call<Activity>(`/v4/${await clientId()}/activity`, {
          query: { ...query, source_id: sourceId },
          signal,
        }),
      ),
    schemaChanges: ({ signal, sourceId, ...query } = {}) =>
      createPages<SchemaChange>(transport, {
        path: async () => `/v4/${await clientId()}/schema-changes`,
        query: { ...query, source_id: sourceId },
        signal,
      }),
  };
}
