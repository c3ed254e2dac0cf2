import type { TestDatabase } from '../support/database.ts';

/** What a client outside the server has sent, and what it was answered. */
export interface SentBatch {
  readonly table: 'keyed' | 'appended';
  readonly answer: 'accepted' | 'unknown' | 'refused';
  readonly records: readonly { readonly id: number; readonly value: string; readonly sequence: number }[];
}

export interface Verdict {
  /** Accepted, and not there at its highest accepted sequence. */
  readonly lost: number;
  /** There, but never sent. */
  readonly invented: number;
  /** There at a lower sequence than was accepted. */
  readonly stale: number;
  /** There more often than it was sent. */
  readonly duplicate: number;
  /** Batches of which a part is there. */
  readonly halfLoaded: number;
}

export const flawless: Verdict = { lost: 0, invented: 0, stale: 0, duplicate: 0, halfLoaded: 0 };

/**
 * Holds the log of a client against the tables: `keyed` (key `id`) and `appended` (no key). A batch whose answer is
 * unknown may have gone either way, as a whole. Nothing may have been rejected.
 */
export async function judge(
  sent: readonly SentBatch[],
  schema: string,
  warehouse: TestDatabase,
): Promise<Verdict> {
  const read = async (table: string) =>
    (await warehouse.query(
      `select id::int as id, value, _sdc_sequence::float as sequence from "${schema}".${table}`,
    )) as unknown as { id: number; value: string; sequence: number }[];
  const keyed = judgeKeyed(sent, await read('keyed'));
  const appended = judgeAppended(sent, await read('appended'));
  return {
    lost: keyed.lost + appended.lost,
    invented: keyed.invented + appended.invented,
    stale: keyed.stale,
    duplicate: keyed.duplicate + appended.duplicate,
    halfLoaded: appended.halfLoaded,
  };
}

interface Standing {
  readonly id: number;
  readonly value: string;
  readonly sequence: number;
}

function judgeKeyed(sent: readonly SentBatch[], standing: readonly Standing[]) {
  const known = new Set<string>();
  const highest = new Map<number, number>();
  for (const { table, answer, records } of sent) {
    if (table !== 'keyed') continue;
    for (const record of records) {
      known.add(textOf(record));
      if (answer === 'accepted')
        highest.set(record.id, Math.max(record.sequence, highest.get(record.id) ?? 0));
    }
  }
  const byId = new Map(standing.map((row) => [row.id, row]));
  const accepted = [...highest];
  return {
    lost: accepted.filter(([id]) => !byId.has(id)).length,
    stale: accepted.filter(([id, sequence]) => (byId.get(id)?.sequence ?? sequence) < sequence).length,
    invented: standing.filter((row) => !known.has(textOf(row))).length,
    duplicate: standing.length - byId.size,
  };
}

function judgeAppended(sent: readonly SentBatch[], standing: readonly Standing[]) {
  const counts = new Map<string, number>();
  for (const row of standing) counts.set(textOf(row), (counts.get(textOf(row)) ?? 0) + 1);
  const known = new Set<string>();
  let [lost, halfLoaded] = [0, 0];
  for (const { table, answer, records } of sent) {
    if (table !== 'appended') continue;
    const texts = records.map(textOf);
    for (const text of texts) known.add(text);
    const missing = texts.filter((text) => !counts.has(text)).length;
    if (answer === 'accepted') lost += missing;
    if (missing > 0 && missing < texts.length) halfLoaded += 1;
  }
  return {
    lost,
    halfLoaded,
    invented: [...counts.keys()].filter((text) => !known.has(text)).length,
    duplicate: [...counts.values()].filter((count) => count > 1).length,
  };
}

const textOf = ({ id, value, sequence }: Standing): string => `${id} ${value} ${sequence}`;
