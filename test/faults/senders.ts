import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { OracleTable, SentBatch, SentRecord } from '../loading/oracle.ts';
import type { FaultRoom, FaultSource } from './fault-room.ts';

/** Clients outside the server, each sending one batch after the other until it is told to stop. */
export interface Senders {
  /** Everything that was sent, with what was answered. */
  readonly log: readonly SentBatch[];
  /** Resolves when every sender has had an answer to its last batch, or knows that there is none. */
  stop(): Promise<void>;
}

const records = 20;
/** Between two batches of a sender: what is accepted shall be loaded soon, so that kills meet loads of any age. */
const restMilliseconds = 50;
/** How long whoever found nobody at the port waits. */
const nobodyMilliseconds = 20;

/**
 * Two senders for the keyed table, two for the one without keys, one for the nested and one for the versioned table.
 * Those without keys repeat an unknown batch under its Idempotency-Key until it is answered; the others never do.
 */
export function startSenders(room: FaultRoom, source: FaultSource): Senders {
  const log: SentBatch[] = [];
  let sequence = 0;
  let version = 1;
  let isOver = false;

  const newRecords = (table: OracleTable): SentRecord[] =>
    Array.from({ length: records }, () => {
      sequence += 1;
      const value = `v${sequence}`;
      if (table === 'appended') return { id: sequence, value, sequence };
      const items = Array.from({ length: sequence % 4 }, (_, at) => sequence * 10 + at);
      return { id: sequence % 50, value, sequence, ...(table === 'nested' && { items }) };
    });

  function newBatch(table: OracleTable): Omit<SentBatch, 'answer'> {
    if (table !== 'versioned') return { table, records: newRecords(table) };
    const activates = Math.random() < 0.25;
    if (activates) version += 1;
    return { table, version, activates, records: newRecords(table) };
  }

  async function send(table: OracleTable): Promise<void> {
    const batch = newBatch(table);
    const body = bodyOf(batch);
    const key: Record<string, string> = table === 'appended' ? { 'idempotency-key': randomUUID() } : {};
    let answer: SentBatch['answer'] | 'nobody';
    do {
      answer = await room.send(source, body, key).then(({ status }) => answerTo(status), unanswered);
      if (answer === 'nobody' || answer === 'unknown') await pause(nobodyMilliseconds);
    } while (answer === 'nobody' || (answer === 'unknown' && table === 'appended'));
    log.push({ ...batch, answer });
  }

  const tables: OracleTable[] = ['keyed', 'keyed', 'appended', 'appended', 'nested', 'versioned'];
  const sending = tables.map(async (table) => {
    while (!isOver) await send(table).then(() => pause(restMilliseconds));
  });
  return {
    log,
    async stop() {
      isOver = true;
      await Promise.all(sending);
    },
  };
}

function bodyOf({ table, version, activates, records: sent }: Omit<SentBatch, 'answer'>): object {
  const last = sent.at(-1)?.sequence;
  return {
    table_name: table,
    schema: {},
    ...(table !== 'appended' && { key_names: ['id'] }),
    ...(version !== undefined && { table_version: version }),
    messages: [
      ...sent.map(({ sequence, ...data }) => ({ action: 'upsert', sequence, data })),
      ...(activates ? [{ action: 'activate_version', sequence: last }] : []),
    ],
  };
}

/** After a failure of the server nobody knows what became of the batch. */
const answerTo = (status: number): SentBatch['answer'] =>
  status === 201 ? 'accepted' : status >= 500 ? 'unknown' : 'refused';

/** Nobody listened, so it was not sent; or nobody answered. */
const unanswered = (error: Error): 'nobody' | 'unknown' =>
  (error.cause as { code?: string } | undefined)?.code === 'ECONNREFUSED' ? 'nobody' : 'unknown';

/** How many tables something was accepted for. */
export const acceptedTables = ({ log }: Senders): number =>
  new Set(log.flatMap(({ answer, table }) => (answer === 'accepted' ? [table] : []))).size;
