import { randomId } from '../lib/random-id.ts';
import type { Engine } from './engine.ts';
import { joinAppends } from './join-appends.ts';
import type { BatchStore, LoadStore } from './load-store.ts';
import { readActivity } from './operations/activity.ts';
import { listBatches, readBacklog } from './operations/batch-reads.ts';
import { isIdTaken } from './operations/ids.ts';
import { completedLoads } from './operations/load-repeats.ts';
import { listRejections, summarizeRejections } from './operations/rejections.ts';
import { listReplays } from './operations/replay-reads.ts';
import { listSchemaChanges } from './operations/schema-changes.ts';
import { schemasOfDestination } from './operations/source-mapping.ts';
import { getSource, listSources } from './operations/sources.ts';
import { listStreams } from './operations/streams.ts';
import { packBody } from './packed-body.ts';
import type { RejectionStore } from './rejection-store.ts';
import type { ReplayStore } from './replay-store.ts';
import type { SourceStore } from './source-store.ts';

/** What drops payloads of discarded batches and nothing else. */
const onlyDiscarded = { olderThan: 0, maxBytes: Number.MAX_SAFE_INTEGER };

export const bindSources = ({ read, write }: Engine): SourceStore => ({
  create: (source) => write('sources.create', source),
  get: (accountId, id) => read(getSource, { accountId, id }),
  list: (accountId) => read(listSources, accountId),
  isTaken: (id) => read(isIdTaken, { table: 'sources', id }),
  update: (input) => write('sources.update', input),
  async delete(accountId, id) {
    const deleted = await write('sources.delete', { accountId, id });
    // Whoever applies retention drops what is left when this process dies on the way.
    while (deleted && (await write('loads.retain', onlyDiscarded)).more);
    return deleted;
  },
  mapUnmapped: (accountId, destinationId) => write('sources.mapUnmapped', { accountId, destinationId }),
  schemasOf: (destinationId) => read(schemasOfDestination, destinationId),
});

export function bindBatches({ read, write }: Engine): BatchStore {
  const appendPacked = joinAppends(write);
  const append: BatchStore['appendAll'] = async (batches) =>
    await appendPacked(
      batches.map(({ batch, body }) => ({
        batch,
        ...(body instanceof Uint8Array ? packBody(body) : body),
      })),
    );
  return {
    append: (batch, body) => append([{ batch, body }]),
    appendAll: append,
    list: (accountId, sourceId, filter) => read(listBatches, { accountId, sourceId, filter }),
    async discard(accountId, sourceId, id) {
      const discard = await write('batches.discard', { accountId, sourceId, id });
      while (discard.kind === 'discarded' && (await write('loads.retain', onlyDiscarded)).more);
      return discard;
    },
    backlog: () => read(readBacklog, undefined),
  };
}

export const bindLoads = ({ read, write }: Engine): LoadStore => ({
  plan: (input) => write('loads.plan', { ...input, newIds: Array.from({ length: input.limit }, randomId) }),
  heartbeat: (input) => write('loads.heartbeat', input),
  complete: (result) => write('loads.complete', result),
  planNext: (input) => write('loads.planNext', { ...input, newId: randomId() }),
  completeAndGoOn: (input) => write('loads.completeAndGoOn', input),
  fail: (input) => write('loads.fail', input),
  release: (input) => write('loads.release', input),
  blame: (input) => write('loads.blame', input),
  quarantine: (input) => write('loads.quarantine', input),
  split: ({ parts, ...input }) =>
    write('loads.split', { ...input, newIds: Array.from({ length: parts }, randomId) }),
  async discardAsked(lease) {
    const discarded = await write('loads.discardAsked', lease);
    while (discarded.length > 0 && (await write('loads.retain', onlyDiscarded)).more);
    return discarded;
  },
  completed: (lane, limit) => read(completedLoads, { ...lane, limit }),
  repeat: (loadId) => write('loads.repeat', loadId),
  repeatMissing: (input) => write('loads.repeatMissing', input),
  retain: (input) => write('loads.retain', input),
  streams: (accountId) => read(listStreams, accountId),
  activity: (accountId, filter) => read(readActivity, { accountId, ...filter }),
  wake: (destinationId) => write('loads.wake', destinationId),
});

export const bindRejections = ({ read, write }: Engine): RejectionStore => ({
  summary: (accountId, sourceId) => read(summarizeRejections, { accountId, sourceId }),
  list: (accountId, sourceId, filter) => read(listRejections, { accountId, sourceId, filter }),
  async retry(batch, body, partIds) {
    const packed = { batch, ...packBody(body) };
    return await write('rejections.retry', { packed, partIds }, packed.storedBytes);
  },
  changes: (accountId, filter) => read(listSchemaChanges, { accountId, filter }),
});

export const bindReplays = ({ read, write }: Engine): ReplayStore => ({
  start: (input) => write('replays.start', input),
  list: (accountId, sourceId) => read(listReplays, { accountId, sourceId }),
  cancel: (accountId, sourceId, id) => write('replays.cancel', { accountId, sourceId, id }),
});
