import { BadRequestError } from './errors.ts';
import type { ImportOptions } from './import-records.ts';

/** A body of `POST /v2/import/batch`. */
export interface CutBatch {
  readonly body: string;
  readonly records: number;
}

type ToCut = Pick<
  ImportOptions,
  'records' | 'table' | 'schema' | 'keyNames' | 'sequence' | 'batchBytes' | 'batchRecords'
>;

/** What the server takes, with room for what stands around the records. */
const mostBytes = 20_000_000;
const mostRecords = 20_000;

/** Cuts records into bodies by size and number; each is made when it is asked for. */
export async function* cutBatches(options: ToCut): AsyncGenerator<CutBatch> {
  const { records, table, schema, keyNames = [], sequence = createSequence() } = options;
  const limit = Math.min(options.batchBytes ?? 4_000_000, mostBytes);
  const most = Math.min(options.batchRecords ?? 10_000, mostRecords);
  const head = JSON.stringify({ table_name: table, schema, key_names: keyNames }).slice(0, -1);
  let messages: string[] = [];
  let bytes = 0;
  let index = 0;

  const close = (): CutBatch => {
    const batch = { body: `${head},"messages":[${messages.join(',')}]}`, records: messages.length };
    messages = [];
    bytes = 0;
    return batch;
  };

  for await (const record of records) {
    const message = renderMessage(record, sequence(record, index), index);
    const size = sizeOf(message);
    if (messages.length > 0 && (bytes + size > limit || messages.length >= most)) yield close();
    messages.push(message);
    bytes += size + 1;
    index += 1;
  }
  if (messages.length > 0) yield close();
}

/** Put together by hand: a sequence has more digits than a number of JavaScript keeps. */
function renderMessage(record: object, sequence: number | bigint, index: number): string {
  if (typeof sequence === 'number' && !Number.isSafeInteger(sequence))
    throw unusable(
      index,
      `its sequence ${sequence} is no whole number that can be told exactly; use a bigint`,
    );
  try {
    return `{"action":"upsert","sequence":${sequence},"data":${JSON.stringify(record, exactly)}}`;
  } catch (error) {
    throw unusable(index, (error as Error).message);
  }
}

/** A bigint is written with all its digits, where the engine can do that. */
function exactly(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };
  if (rawJSON) return rawJSON(String(value));
  throw new TypeError('it holds a bigint, which this engine cannot write as JSON; send it as a string');
}

const unusable = (index: number, why: string): BadRequestError =>
  new BadRequestError({
    message: `Record ${index} cannot be sent: ${why}.`,
    code: 'InvalidRecord',
    status: 0,
    remedy: null,
    requestId: null,
    data: { index },
  });

const encoder = new TextEncoder();
/** In UTF-8. Most texts need no encoder to know. */
const sizeOf = (text: string): number =>
  /^[\x20-\x7e]*$/.test(text) ? text.length : encoder.encode(text).length;

/** Nanoseconds since 1970, strictly increasing. */
export function createSequence(): () => bigint {
  let last = 0n;
  return () => {
    const now = BigInt(Date.now()) * 1_000_000n;
    last = now > last ? now : last + 1n;
    return last;
  };
}
