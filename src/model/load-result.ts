/** What a load did in its destination. Plain data: it is written into the load's mark, and stored. */
export interface LoadResult {
  /** One entry for each table that was touched, the root first. */
  readonly tables: readonly TableResult[];
  readonly schemaChanges: readonly SchemaChange[];
  readonly rejections: readonly Rejection[];
  /** Absent in results of programs that did not note it. */
  readonly notes?: LoadNotes;
}

/** What those who wait for a load are told beside its counts, of the records that became rows of the top level. */
export interface LoadNotes {
  /** The highest `table_version` of its batches, digits; null: they had none. */
  readonly tableVersion: string | null;
  /** A higher version than before is active: rows of those before were removed, where the destination does that. */
  readonly newVersion: boolean;
  /** The latest `time_extracted`, in milliseconds since 1970; null: no record had one. */
  readonly maxTimeExtracted: number | null;
  /** One entry for each of `bookmark_names` that some record had a value for. */
  readonly bookmarks: readonly Bookmark[];
}

/** The range of a column by which a sender remembers how far it came; numbers as their digits. */
export interface Bookmark {
  readonly key: string;
  readonly min: string;
  readonly max: string;
}

export interface TableResult {
  /** As sent; subtables are named by their path (`orders__line_items`). */
  readonly source: string;
  readonly destination: string;
  readonly rowsLoaded: number;
  readonly rowsRejected: number;
  /** Records that were older than the row that stood there, or of a version below the active one. */
  readonly droppedAsOlder: number;
  /** Set when all of them were older: one of them and the row that stood, for a warning. */
  readonly older: { readonly incoming: OlderRow; readonly standing: OlderRow } | null;
  readonly primaryKeys: readonly string[];
  /** Bucket and key of each file that the rows went into; left out where rows are rows of a table. */
  readonly objects?: readonly string[];
}

/** What decides which of two rows stands; digits. */
export interface OlderRow {
  readonly tableVersion: string | null;
  readonly sequence: string | null;
}

export interface SchemaChange {
  readonly table: string;
  readonly kind: 'table_created' | 'column_added' | 'column_split';
  /** Column and type before and after, for people. */
  readonly before: string | null;
  readonly after: string;
  /** Views that read the column that was split, and show only values of its first type from now on. */
  readonly dependentViews: readonly string[];
}

export interface Rejection {
  readonly batchId: string;
  /** Position of the message in its batch, from 0. */
  readonly position: number;
  readonly table: string;
  readonly reason: string;
  /** `record`: the record is no row. `column`: it is, without this value. */
  readonly kind: 'record' | 'column';
}
