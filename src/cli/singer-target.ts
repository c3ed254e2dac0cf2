import { Failure } from '../errors/failure.ts';
import { renderExactJson } from '../lib/exact-json.ts';
import { printable } from './printable.ts';
import { type SendBatch, setAside } from './send-batches.ts';
import type { SingerMessage } from './singer-message.ts';
import {
  createTableBatch,
  mostBytes,
  mostMessages,
  renderHead,
  renderMessage,
  type TableBatch,
  type TableHead,
  type TableMessage,
} from './table-batch.ts';

export interface SingerTargetParts {
  readonly send: SendBatch;
  /** Takes a STATE value, as JSON, once everything before it is durable. */
  emit(state: string): void;
  nextSequence(): bigint;
  /** How long a record waits for others at most. */
  readonly batchMilliseconds: number;
  /** Called when records that waited for others could not be sent; nothing more is taken then. */
  onFailure(error: Error): void;
  /** Tells people what was passed over, and at the end how many records the server set aside. */
  note(remark: string): void;
}

/** Turns the messages of a tap into batches. One call at a time. */
export interface SingerTarget {
  /** @throws {Failure} for a message that cannot stand there, and as {@link SendBatch}. */
  take(message: SingerMessage): Promise<void>;
  /** Sends what waits, and emits the last state. @throws {Failure} as {@link SendBatch}. */
  finish(): Promise<void>;
}

interface Stream {
  head: TableHead;
  /** The head as text: whether two are the same. */
  rendered: string;
  batch: TableBatch;
}

export function createSingerTarget(parts: SingerTargetParts): SingerTarget {
  const { send, emit, nextSequence, batchMilliseconds, onFailure, note } = parts;
  const streams = new Map<string, Stream>();
  let waitingBytes = 0;
  let rejected = 0;
  let state: string | null = null;
  let flushing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failure: unknown = null;

  /** All of it, so that the last state may go out. */
  async function sendAll(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    try {
      for (const [name, stream] of streams) {
        const { batch, head } = stream;
        if (batch.messages === 0) continue;
        rejected += await send({ body: batch.render(), label: labelOf(batch, name) });
        stream.batch = createTableBatch(head);
      }
    } catch (error) {
      failure = error;
      throw error;
    }
    waitingBytes = 0;
    if (state !== null) emit(state);
    state = null;
  }

  function flush(): Promise<void> {
    flushing ??= sendAll().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  function streamOf(name: string): Stream {
    const stream = streams.get(name);
    if (stream) return stream;
    throw new Failure('InvalidBody', `there was no SCHEMA message of the stream ${printable(name)} before`, {
      remedy: 'A tap writes the schema of a stream before its records.',
    });
  }

  /** What waits of the stream goes out before a batch with another head begins. */
  async function setHead(head: TableHead): Promise<void> {
    const rendered = renderHead(head);
    const stream = streams.get(head.tableName);
    if (stream?.rendered === rendered) return;
    if (stream && stream.batch.messages > 0) await flush();
    streams.set(head.tableName, { head, rendered, batch: createTableBatch(head) });
  }

  async function add(name: string, version: TableHead['tableVersion'], message: TableMessage): Promise<void> {
    const { head } = streamOf(name);
    if (!isSameVersion(head.tableVersion, version)) {
      const { tableVersion: _, ...rest } = head;
      await setHead(version === undefined ? rest : { ...rest, tableVersion: version });
    }
    const text = renderMessage(message);
    const bytes = Buffer.byteLength(text);
    const isFull = waitingBytes + bytes > mostBytes || streamOf(name).batch.messages === mostMessages;
    if (waitingBytes > 0 && isFull) await flush();
    streamOf(name).batch.add(text);
    waitingBytes += bytes;
    timer ??= setTimeout(() => {
      flush().catch(onFailure);
    }, batchMilliseconds);
  }

  return {
    async take(message) {
      if (flushing) await flushing;
      if (failure !== null) throw failure;
      if (message.type === 'STATE') {
        state = renderExactJson(message.value);
        if (waitingBytes === 0) await flush();
      } else if (message.type === 'SCHEMA') {
        const { stream, schema, keyNames, bookmarkNames } = message;
        const tableVersion = streams.get(stream)?.head.tableVersion;
        const head = { tableName: stream, schema, keyNames, bookmarkNames };
        await setHead(tableVersion === undefined ? head : { ...head, tableVersion });
      } else if (message.type === 'ACTIVATE_VERSION' && !streams.has(message.stream)) {
        // Some taps name streams that they do not send. It holds no record, so nothing is lost with it.
        note(
          `Version ${renderExactJson(message.version)} of ${printable(message.stream)} is not activated: there was no SCHEMA message of that stream before.`,
        );
      } else {
        const { stream, version } = message;
        await add(stream, version, {
          action: message.type === 'RECORD' ? 'upsert' : 'activate_version',
          sequence: nextSequence(),
          ...(message.type === 'RECORD' && { data: message.record, extractedAt: message.extractedAt }),
        });
      }
    },
    async finish() {
      if (flushing) await flushing;
      if (failure !== null) throw failure;
      await flush();
      if (rejected > 0) note(`${setAside(rejected)}.`);
    },
  };
}

const labelOf = ({ messages }: TableBatch, stream: string): string =>
  `${messages} ${messages === 1 ? 'message' : 'messages'} of ${printable(stream)}`;

const isSameVersion = (one: TableHead['tableVersion'], other: TableHead['tableVersion']): boolean =>
  one === other ||
  (one !== undefined && other !== undefined && renderExactJson(one) === renderExactJson(other));
