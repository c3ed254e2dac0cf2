import { backstitch } from './backstitch.ts';

/** A rejected record with its reason. */
export interface RejectedRecord {
  readonly reason: string;
  readonly kind: 'record' | 'column';
  readonly rejectedAt: string;
  readonly batchId: string;
  readonly position: number;
  /** JSON as it was sent, with every digit; null where its payload is gone. */
  readonly raw: string | null;
}

/** The newest rejected records of a table; the rest of the answer is not read. */
export async function readRejectedRecords(
  source: number,
  table: string,
  most: number,
  signal: AbortSignal,
): Promise<readonly RejectedRecord[]> {
  const query = new URLSearchParams({ table });
  const answer = await fetch(`/v4/sources/${source}/rejected/records?${query}`, { signal });
  if (!answer.ok || answer.body === null) {
    // Whatever refuses this refuses that too, and says why.
    await backstitch.sources.rejected(source, { signal });
    throw new Error('The rejected records cannot be read.');
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const records: RejectedRecord[] = [];
  let rest = '';
  while (records.length < most) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    records.push(...lines.map(parseLine));
  }
  await reader.cancel();
  return records.slice(0, most);
}

/** The record stays the text that it is: parsing it would round its long numbers. */
function parseLine(line: string): RejectedRecord {
  const start = line.indexOf(',"record":');
  const facts = JSON.parse(`${line.slice(0, start)}}`);
  const raw = line.slice(start + ',"record":'.length, -1);
  return {
    reason: facts.reason,
    kind: facts.kind,
    rejectedAt: facts.rejected_at,
    batchId: facts.batch_id,
    position: facts.position,
    raw: raw === 'null' ? null : raw,
  };
}
