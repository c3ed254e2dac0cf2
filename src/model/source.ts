/** A source as it is stored. Only `import_api` sources exist: records come in through the Import API. */
export interface Source {
  readonly id: number;
  readonly accountId: number;
  readonly type: string;
  readonly displayName: string;
  /** Derived from the display name, unique in the account; the schema in the destination. Never changes. */
  readonly name: string;
  /** Stored as sent; `import_api` has none of its own. */
  readonly properties: Readonly<Record<string, string>>;
  /** Where its tables go; null while it is not mapped. */
  readonly destinationId: number | null;
  /** Milliseconds since 1970, as all times of the model. */
  readonly pausedAt: number | null;
  readonly systemPausedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
  /** The source whose batches it loads once more; null for those that somebody sends to. */
  readonly replayOf: number | null;
}

/** The last load of one table of a source, and what is wrong with it. */
export interface StreamState {
  readonly sourceId: number;
  readonly sourceName: string;
  readonly table: string;
  readonly lastLoadedAt: number | null;
  readonly lastAttemptAt: number;
  readonly error: StreamError | null;
  readonly gap: LoadGap | null;
}

/** Loads that a destination lost by going back in time, and that cannot be repeated: their payload is not kept any more. */
export interface LoadGap {
  readonly since: number;
  readonly loads: number;
  readonly rows: number;
  /** From when to when they had been loaded. */
  readonly from: number;
  readonly to: number;
}

export interface StreamError {
  readonly message: string;
  readonly remedy: string;
  /** SQLSTATE or the driver's code. */
  readonly code: string | null;
  readonly since: number;
}
