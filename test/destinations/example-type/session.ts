import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { rawRecord } from '../../../src/destinations/raw-record.ts';
import type { LoadBatch, LoadPlan, Session } from '../../../src/destinations/session.ts';
import { openNotes, renderNotes } from '../../../src/destinations/sql/load-notes.ts';
import { fencedOff, movedLane } from '../../../src/destinations/sql/load-stops.ts';
import type { LoadResult, Rejection } from '../../../src/model/load-result.ts';
import { isBelowActive } from '../../../src/shape/dedupe.ts';
import type { Int64 } from '../../../src/shape/shape.ts';
import { type CommittedLoad, changeLane, type LaneState, laneFolder, readLane } from './lane-file.ts';
import { renderLine } from './render-line.ts';

const longestName = 200;

/** Loads into a folder. Each load writes files of its own; that they count is decided by the lane's state alone. */
export function openFolder(folder: string): Session {
  const markOf = ({ loads }: LaneState, loadId: string): LoadResult | null =>
    loads.find((load) => load.loadId === loadId)?.result ?? null;

  /** Null: the lane may be taken by this load. */
  function refusal(state: LaneState, { lane, fence, loadId, standingFence = null }: LoadPlan) {
    if (state.fence > fence) return fencedOff(lane.table, fence);
    return standingFence === null || standingFence === state.fence ? null : movedLane(lane.table, loadId);
  }

  return {
    async load(plan, batches, signal) {
      // It may reject while lines are written; whoever waits for it below meets the error.
      plan.turn?.catch(() => {});
      const at = laneFolder(folder, plan.lane);
      const before = await readLane(at);
      const stored = markOf(before, plan.loadId);
      if (stored !== null) return stored;
      const refused = refusal(before, plan);
      if (refused) throw refused;
      const written = await writeFiles(at, plan, batches, before, signal);
      try {
        await plan.turn;
        signal.throwIfAborted();
        return await changeLane(at, (state) => {
          const done = markOf(state, plan.loadId);
          if (done !== null) return { next: null, answer: done };
          const late = refusal(state, plan);
          if (late) throw late;
          const { committed, result, activeVersion } = written;
          const next = { fence: plan.fence, activeVersion, loads: [...state.loads, committed] };
          return { next, answer: result };
        });
      } catch (error) {
        await Promise.all(written.files.map((file) => rm(path.join(at, file), { force: true })));
        throw error;
      }
    },
    settle: ({ lane, loadId, fence }) =>
      changeLane(laneFolder(folder, lane), (state) => {
        if (state.fence > fence) throw fencedOff(lane.table, fence);
        return { next: { ...state, fence }, answer: markOf(state, loadId) };
      }),
    async marks(lane) {
      const { loads } = await readLane(laneFolder(folder, lane));
      return loads.flatMap(({ loadId, result }) => (result === null ? [] : [loadId]));
    },
    dropMarks: (lane, loadIds) =>
      changeLane(laneFolder(folder, lane), (state) => {
        const loads = state.loads.map((load) =>
          loadIds.includes(load.loadId) ? { ...load, result: null } : load,
        );
        return { next: loads.length === 0 ? null : { ...state, loads }, answer: undefined };
      }),
    async recall(lane, { loadIds, batchIds }) {
      const { loads } = await readLane(laneFolder(folder, lane));
      const id = createHash('sha256').update(`${folder} ${lane.schema}`).digest('hex');
      return {
        place: { id, address: folder },
        loadIds: loadIds.filter((each) => loads.some(({ loadId }) => loadId === each)),
        batchIds: batchIds.filter((each) => loads.some((load) => load.batchIds.includes(each))),
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Writes what a load brings into files that nobody reads yet. */
async function writeFiles(
  at: string,
  { loadId, lane: { table }, batchedAt, batchIds = [] }: LoadPlan,
  batches: AsyncIterable<LoadBatch>,
  before: LaneState,
  signal: AbortSignal,
) {
  const name = `${loadId}-${randomUUID()}`;
  const files = [`${name}.jsonl`, `${name}.rejected.jsonl`] as const;
  await mkdir(at, { recursive: true });
  await using lines = await open(path.join(at, files[0]), 'w');
  await using rejected = await open(path.join(at, files[1]), 'w');
  const notes = openNotes();
  const rejections: Rejection[] = [];
  const tooLong = [...table].length > longestName ? `Table name ${table} is too long for JSON lines` : null;
  let active: Int64 | null = before.activeVersion === null ? null : BigInt(before.activeVersion);
  let primaryKeys: readonly string[] = [];
  let [rowsLoaded, droppedAsOlder] = [0, 0];

  async function reject(batchId: string, position: number, reason: string, record: object): Promise<void> {
    const rejection = { batchId, position, table, kind: 'record', reason } as const;
    rejections.push(rejection);
    await rejected.write(`${JSON.stringify({ ...rejection, loadId, record: rawRecord(record) })}\n`);
  }

  for await (const { facts, keyNames, ...batch } of batches) {
    notes.openBatch({ facts, ...batch });
    for (const message of batch.messages) {
      signal.throwIfAborted();
      if (message.action === 'activate_version') {
        if (active === null || message.version > active) active = message.version;
      } else if (message.action === 'reject') {
        await reject(facts.id, message.position, message.reason, message.record);
      } else if (isBelowActive(facts.tableVersion, active)) {
        droppedAsOlder += 1;
      } else {
        const { data, position } = message.record;
        const { text, reason, extractedAt } = renderLine(message.record, facts, batchedAt);
        const problem = tooLong ?? reason;
        if (problem !== null) await reject(facts.id, position, problem, data);
        else {
          primaryKeys = keyNames;
          rowsLoaded += 1;
          notes.add(data, extractedAt);
          await lines.write(text);
        }
      }
    }
  }
  await Promise.all([lines.sync(), rejected.sync()]);
  const counts = { rowsLoaded, rowsRejected: rejections.length, droppedAsOlder, older: null };
  const result: LoadResult = {
    tables: [{ source: table, destination: table, primaryKeys, ...counts }],
    schemaChanges: [],
    rejections,
    notes: renderNotes(notes.noted, active !== null && String(active) !== before.activeVersion),
  };
  const committed: CommittedLoad = { loadId, batchIds, file: files[0], rejected: files[1], result };
  return { committed, result, activeVersion: active === null ? null : String(active), files };
}
