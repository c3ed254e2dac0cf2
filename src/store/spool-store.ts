import type { PackedBody } from './packed-body.ts';

/**
 * Payloads of accepted batches. An interface of its own, so that payloads can leave the database one day.
 * Bodies are stored whole, in parts of at most 1 MB, compressed unless they are small, each with a checksum over its raw bytes.
 */
export interface Spool {
  /** Durable when resolved. Appending the same batch id twice is a bug. */
  append(batchId: string, body: Uint8Array): Promise<SpoolReceipt>;
  /**
   * The body in order, part by part.
   * @throws {SpoolDamage} when a checksum does not hold or a part is missing: quarantine the batch, never load it.
   */
  read(batchId: string): AsyncIterable<Uint8Array>;
  /**
   * The body as it is kept; whoever unpacks it learns whether it is damaged.
   * @throws {SpoolDamage} when a part is missing.
   */
  readPacked(batchId: string): Promise<PackedBody>;
  /** Unknown ids are ignored. */
  drop(batchIds: readonly string[]): Promise<void>;
  usage(): Promise<{ batches: number; storedBytes: number }>;
}

export interface SpoolReceipt {
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly parts: number;
}

export class SpoolDamage extends Error {
  override readonly name = 'SpoolDamage';
  readonly batchId: string;
  readonly part: number;
  readonly what: string;

  constructor(batchId: string, part: number, what: string) {
    super(`batch ${batchId}, part ${part}: ${what}`);
    this.batchId = batchId;
    this.part = part;
    this.what = what;
  }
}
