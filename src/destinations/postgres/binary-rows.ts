import type { ColumnType, Int64, Row } from '../../shape/shape.ts';

/**
 * Rows in COPY's binary format. Types go over the wire as PostgreSQL keeps them, so that the server parses nothing;
 * `numeric` goes as text, see {@link stagedTypes}.
 */
export interface BinaryRows {
  /** Encodes rows of this many columns. Short ones are filled up with nulls. */
  append(rows: readonly Row[], types: readonly ColumnType[]): void;
  /** Bytes that wait. */
  readonly bytes: number;
  /** Takes away the buffers that are full, or all when `all`. They need not end where a row ends. */
  take(all: boolean): Buffer[];
  /** Gives a buffer back that is not used any more. */
  recycle(buffer: Buffer): void;
}

/** The type of a column that takes these values from {@link BinaryRows}. */
export const stagedTypes: Readonly<Record<ColumnType, string>> = {
  boolean: 'boolean',
  int32: 'integer',
  integer: 'bigint',
  double: 'double precision',
  // Cast when the rows are merged: the server reads digits faster than they can be regrouped here.
  numeric: 'text',
  timestamp: 'timestamp with time zone',
  text: 'text',
  json: 'text',
};

/** What a COPY in binary begins and ends with. */
export const binaryHeader = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const binaryTrailer = Buffer.from([0xff, 0xff]);

const bufferBytes = 262_144;
const recycledMost = 8;
/** PostgreSQL counts from the year 2000. */
const epochMicros = 946_684_800_000_000;
const shortText = 40;

export function createBinaryRows(): BinaryRows {
  const free: Buffer<ArrayBuffer>[] = [];
  let full: Buffer[] = [];
  let fullBytes = 0;
  let buffer = Buffer.allocUnsafeSlow(bufferBytes);
  let view = new DataView(buffer.buffer);
  let at = 0;

  function next(needed: number): void {
    if (at > 0) {
      full.push(buffer.subarray(0, at));
      fullBytes += at;
    }
    const recycled = needed <= bufferBytes ? free.pop() : undefined;
    buffer = recycled ?? Buffer.allocUnsafeSlow(Math.max(bufferBytes, needed));
    view = new DataView(buffer.buffer);
    at = 0;
  }

  function putText(text: string): void {
    const { length } = text;
    if (buffer.length - at < length * 3 + 4) next(length * 3 + 4);
    if (length <= shortText) {
      // A loop beats a call out of JavaScript for texts as short as most are.
      let end = at + 4;
      let index = 0;
      for (; index < length; index += 1) {
        const code = text.charCodeAt(index);
        if (code > 127) break;
        buffer[end] = code;
        end += 1;
      }
      if (index === length) {
        view.setInt32(at, length);
        at = end;
        return;
      }
    }
    const written = buffer.write(text, at + 4, 'utf8');
    view.setInt32(at, written);
    at += 4 + written;
  }

  function putInt64(value: Int64): void {
    view.setInt32(at, 8);
    setInt64(view, at + 4, value);
    at += 12;
  }

  function putRow(row: Row, types: readonly ColumnType[]): void {
    // Everything of fixed size fits from here on; texts see to themselves.
    const { length } = types;
    const fixed = 2 + length * 12;
    if (buffer.length - at < fixed) next(fixed);
    view.setInt16(at, length);
    at += 2;
    for (let position = 0; position < length; position += 1) {
      const value = row[position];
      if (value === null || value === undefined) {
        view.setInt32(at, -1);
        at += 4;
        continue;
      }
      switch (types[position]) {
        case 'boolean':
          view.setInt32(at, 1);
          buffer[at + 4] = value === true ? 1 : 0;
          at += 5;
          break;
        case 'int32':
          view.setInt32(at, 4);
          view.setInt32(at + 4, value as number);
          at += 8;
          break;
        case 'integer':
          putInt64(value as Int64);
          break;
        case 'timestamp':
          putInt64(since2000(value as Int64));
          break;
        case 'double':
          view.setInt32(at, 8);
          view.setFloat64(at + 4, value as number);
          at += 12;
          break;
        default: {
          putText(value as string);
          const rest = (length - position) * 12;
          if (buffer.length - at < rest) next(rest);
        }
      }
    }
  }

  return {
    append(rows, types) {
      for (const row of rows) putRow(row, types);
    },
    get bytes() {
      return fullBytes + at;
    },
    take(all) {
      if (all && at > 0) next(0);
      const taken = full;
      full = [];
      fullBytes = 0;
      return taken;
    },
    recycle(used) {
      const whole = Buffer.from(used.buffer as ArrayBuffer);
      if (whole.length === bufferBytes && free.length < recycledMost) free.push(whole);
    },
  };
}

function since2000(micros: Int64): Int64 {
  const shifted = typeof micros === 'number' ? micros - epochMicros : 0;
  return typeof micros === 'number' && Number.isSafeInteger(shifted)
    ? shifted
    : BigInt(micros) - BigInt(epochMicros);
}

function setInt64(view: DataView, at: number, value: Int64): void {
  if (typeof value === 'bigint') {
    view.setBigInt64(at, value);
    return;
  }
  view.setInt32(at, Math.floor(value / 4_294_967_296));
  view.setUint32(at + 4, value >>> 0);
}
