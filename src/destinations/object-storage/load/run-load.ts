import type { LoadResult } from '../../../model/load-result.ts';
import { isBelowActive } from '../../../shape/dedupe.ts';
import type { LoadBatch, LoadPlan } from '../../session.ts';
import { renderNotes } from '../../sql/load-notes.ts';
import { changedMeanwhile, fencedOff, neverStill } from '../../sql/load-stops.ts';
import type { Bucket } from '../bucket.ts';
import type { FileSettings } from '../file-settings.ts';
import type { Headers } from './csv-writer.ts';
import { int64Of } from './int64-of.ts';
import { type CommittedFile, type LaneRecord, markOf, withMark, withoutLoad } from './lane-record.ts';
import type { KnownLane, Lanes } from './lanes.ts';
import { type LoadFiles, openLoadFiles } from './load-files.ts';
import { showFiles } from './show-files.ts';
import { type WrittenLoad, writeFiles } from './write-files.ts';

export interface RunLoadOptions {
  readonly bucket: Bucket;
  readonly lanes: Lanes;
  readonly settings: FileSettings;
  readonly partBytes: number;
  readonly plan: LoadPlan;
  readonly batches: AsyncIterable<LoadBatch>;
  /** Marks that need not be kept. */
  readonly dropped: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

const attempts = 4;

/**
 * Runs a load: its files are uploaded whole while nobody can see them; to replace the lane's record, under the condition
 * that nobody else has, commits the load; then its files are made visible, and the manifest is written. Whoever comes
 * after a commit makes visible what is not.
 */
export async function runLoad(options: RunLoadOptions): Promise<LoadResult> {
  const { lanes, plan, signal } = options;
  const { lane, loadId, fence } = plan;
  let messages: number | null = null;
  let learned: Headers = {};
  // It may reject while files are written; whoever waits for it below meets the error.
  plan.turn?.catch(() => {});

  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const before = attempt === 1 ? await lanes.known(lane, signal) : await lanes.read(lane, signal);
    const known = await settled(options, before);
    const stored = markOf(known.record, loadId);
    if (stored !== null) return stored;
    if (known.record.fence > fence) throw fencedOff(lane.table, fence);
    const { timestamp, files } = filesOf(options, known.record);
    let committed: KnownLane | null = null;
    let isUnknown = false;
    try {
      const headers = { ...known.record.headers, ...learned };
      const activeVersion = int64Of(known.record.activeVersion);
      const written = await writeFiles({ ...options, files, activeVersion, headers });
      // Batches that can be gone through only once would be lost without a word.
      if (messages !== null && messages !== written.shaped.messages) throw changedMeanwhile(loadId);
      messages = written.shaped.messages;
      learned = { ...learned, ...written.headers };
      if (written.isOutgrown) continue;
      const uploaded = await files.finish();
      if (plan.turn) await plan.turn;
      isUnknown = true;
      committed = await lanes.replace(
        known,
        recordAfter(options, known.record, written, uploaded, timestamp),
        signal,
      );
      committed ??= await ownCommit(options, uploaded);
      isUnknown = false;
    } finally {
      if (committed === null && !isUnknown) await files.abandon();
    }
    if (committed !== null) {
      const result = markOf((await settled(options, committed, true)).record, loadId);
      if (result !== null) return result;
    }
  }
  throw neverStill(lane.table);
}

/** The lane with all files of its last load visible. */
async function settled(options: RunLoadOptions, known: KnownLane, isFresh = false): Promise<KnownLane> {
  const { lanes, plan, signal } = options;
  const { committed } = known.record;
  if (committed === null || lanes.isShown(known.record)) return known;
  const shown = await showFiles(options, committed, isFresh);
  // Of another load it is no matter: a load is repeated before others of its lane as long as its result is not durable.
  if (shown === 'shown' || committed.loadId !== plan.loadId) {
    lanes.noteShown(known.record);
    return known;
  }
  // Its parts are gone from the store, and so are its files: it has not happened, and is written once more.
  const record = withoutLoad(known.record, committed.loadId);
  const taken = await lanes.replace(known, { ...record, timestamp: committed.timestamp - 1 }, signal);
  return taken ?? (await lanes.read(plan.lane, signal));
}

/** The answer to a first try may have been lost, and a second one was refused for its own sake. */
async function ownCommit(
  { lanes, plan, signal }: RunLoadOptions,
  uploaded: readonly CommittedFile[],
): Promise<KnownLane | null> {
  const standing = await lanes.read(plan.lane, signal);
  const { committed } = standing.record;
  const isOurs =
    committed?.loadId === plan.loadId &&
    JSON.stringify(committed.files.map(({ uploadId }) => uploadId)) ===
      JSON.stringify(uploaded.map(({ uploadId }) => uploadId)) &&
    (uploaded.length > 0 || standing.record.fence === plan.fence);
  return isOurs ? standing : null;
}

function filesOf(
  { bucket, settings, partBytes, plan, signal }: RunLoadOptions,
  record: LaneRecord,
): { timestamp: number; files: LoadFiles } {
  // Two loads of a lane in one millisecond differ by one.
  const timestamp = Math.max(plan.batchedAt, record.timestamp + 1);
  return {
    timestamp,
    files: openLoadFiles({ bucket, settings, lane: plan.lane, timestamp, partBytes, signal }),
  };
}

function recordAfter(
  { bucket, plan, dropped }: RunLoadOptions,
  record: LaneRecord,
  written: WrittenLoad,
  files: readonly CommittedFile[],
  timestamp: number,
): LaneRecord {
  const { loadId, fence, batchedAt } = plan;
  const standing = int64Of(record.activeVersion);
  const { activated } = written.shaped;
  const isRaised = activated !== null && isBelowActive(standing, activated);
  const result = resultOf(bucket.name, written, files, isRaised);
  return {
    ...record,
    fence,
    timestamp,
    headers: { ...record.headers, ...written.headers },
    activeVersion: isRaised ? String(activated) : record.activeVersion,
    marks: withMark(
      record.marks.filter((mark) => !dropped.has(mark.loadId)),
      { loadId, result },
    ),
    committed: { loadId, batchedAt, timestamp, files },
  };
}

function resultOf(
  bucket: string,
  { shaped, tables }: WrittenLoad,
  files: readonly CommittedFile[],
  newVersion: boolean,
): LoadResult {
  const rejected = shaped.rejections.filter(({ kind }) => kind === 'record').length;
  return {
    tables: tables.map(({ source, primaryKeys, rows }, index) => ({
      source,
      destination: source,
      rowsLoaded: rows,
      rowsRejected: index === 0 ? rejected : 0,
      droppedAsOlder: index === 0 ? shaped.skipped : 0,
      older: null,
      primaryKeys,
      objects: files.flatMap(({ table, key }) => (table === source ? [`${bucket}/${key}`] : [])),
    })),
    schemaChanges: [],
    rejections: shaped.rejections,
    notes: renderNotes(shaped.noted, newVersion),
  };
}
