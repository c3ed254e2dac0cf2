/**
 * A bucket of a store that speaks S3, for as long as it is open. Everything but the answers below rejects with the
 * store's error, see store-failure.ts; requests that may be repeated have been, a few times.
 */
export interface Bucket extends Disposable {
  readonly name: string;
  readonly region: string;
  /** Keys that begin with this, in order, so many at most. */
  list(prefix: string, most: number, signal: AbortSignal): Promise<string[]>;
  /** Null: there is no such object. */
  head(key: string, signal: AbortSignal): Promise<ObjectFacts | null>;
  /** Reads a small object whole. Null: there is none. */
  read(key: string, signal: AbortSignal): Promise<{ readonly text: string; readonly etag: string } | null>;
  /**
   * Writes a small object whole, under a condition if the store knows any. Null: the condition does not hold, or
   * another write was faster, or an earlier try of this one was (whose answer was lost).
   */
  write(object: SmallObject, signal: AbortSignal): Promise<{ readonly etag: string } | null>;
  /** Removes an object, or nothing. */
  remove(key: string, signal: AbortSignal): Promise<void>;
  /** Begins an object that nobody sees before it is completed; what it is called from here on. */
  beginUpload(object: { key: string; contentType: string }, signal: AbortSignal): Promise<string>;
  /** Sends one part, numbered from 1; all but the last have 5 MiB at least. Sent again it replaces itself. */
  uploadPart(upload: Upload, number: number, bytes: Uint8Array, signal: AbortSignal): Promise<string>;
  /** Makes the object visible, at once and whole. False: the upload is not there, be it completed or given up. */
  completeUpload(upload: Upload, parts: readonly string[], signal: AbortSignal): Promise<boolean>;
  /** Gives an upload up. Never rejects: what is left of it is seen by nobody. */
  abortUpload(upload: Upload, signal: AbortSignal): Promise<void>;
}

export interface SmallObject {
  readonly key: string;
  readonly text: string;
  /** `absent`: only if there is none. An ETag: only if it is still that one. */
  readonly condition?: 'absent' | { readonly etag: string };
}

export interface ObjectFacts {
  readonly bytes: number;
  readonly etag: string;
}

export interface Upload {
  readonly key: string;
  readonly uploadId: string;
}
