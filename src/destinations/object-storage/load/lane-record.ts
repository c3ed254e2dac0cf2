import type { LoadResult } from '../../../model/load-result.ts';
import type { Lane } from '../../session.ts';
import { bookkeepingPrefix, keyElement } from '../object-key.ts';
import type { Headers } from './csv-writer.ts';

/**
 * What the bucket itself knows of a lane: one small object, replaced only under the condition that nobody else has
 * replaced it. To replace it is to commit.
 */
export interface LaneRecord {
  /** Of the layout. */
  readonly version: 1;
  readonly lane: Lane;
  /** Grows each time the record is replaced. */
  readonly edition: number;
  /** The highest of those who have committed or settled here. */
  readonly fence: number;
  /** Digits; null: no version was ever activated. */
  readonly activeVersion: string | null;
  /** The latest `[timestamp_loaded]`; that of the next load is higher. */
  readonly timestamp: number;
  /** Columns of files in CSV, so that those of one table have them in one order. */
  readonly headers: Headers;
  /** Committed loads with their results, oldest first; the newest few. */
  readonly marks: readonly Mark[];
  /** The files of the newest of them. They may have to be made visible yet. */
  readonly committed: CommittedLoad | null;
}

export interface Mark {
  readonly loadId: string;
  readonly result: LoadResult;
}

/** A load that is to stand whole: everything that it takes to make its files visible. */
export interface CommittedLoad {
  readonly loadId: string;
  readonly batchedAt: number;
  readonly timestamp: number;
  readonly files: readonly CommittedFile[];
}

/** A file whose parts are all in the store. */
export interface CommittedFile {
  readonly key: string;
  readonly uploadId: string;
  /** ETags in the order of the parts. */
  readonly parts: readonly string[];
  readonly bytes: number;
  readonly rows: number;
  /** As in results of loads; `_sdc_rejected` for the file of rejections. */
  readonly table: string;
}

/** Lanes are carried one load at a time; more than the newest matter only where somebody asks for them. */
const mostMarks = 8;

export const emptyLane = (lane: Lane): LaneRecord => ({
  version: 1,
  lane,
  edition: 0,
  fence: 0,
  activeVersion: null,
  timestamp: 0,
  headers: {},
  marks: [],
  committed: null,
});

export const markOf = (record: LaneRecord, loadId: string): LoadResult | null =>
  record.marks.find((mark) => mark.loadId === loadId)?.result ?? null;

/** Newest last. */
export const withMark = (marks: readonly Mark[], mark: Mark): readonly Mark[] =>
  [...marks.filter(({ loadId }) => loadId !== mark.loadId), mark].slice(-mostMarks);

/** As if the newest load had not been committed. */
export const withoutLoad = (record: LaneRecord, loadId: string): LaneRecord => ({
  ...record,
  committed: null,
  marks: record.marks.filter((mark) => mark.loadId !== loadId),
});

export const laneKeyOf = ({ schema, table }: Lane): string =>
  `${bookkeepingPrefix}lanes/${keyElement(schema)}/${keyElement(table)}.json`;

export const manifestKeyOf = ({ schema, table }: Lane, { timestamp, loadId }: CommittedLoad): string =>
  `${bookkeepingPrefix}manifests/${keyElement(schema)}/${keyElement(table)}/${timestamp}_${keyElement(loadId)}.json`;

/** @throws {SyntaxError} for what no program of this kind wrote. */
export function parseLane(text: string): LaneRecord {
  const record = JSON.parse(text) as LaneRecord;
  if (record?.version !== 1) throw new SyntaxError('written by a newer program, or by somebody else');
  return record;
}
