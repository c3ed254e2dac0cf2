import type { Source } from '../../src/model/source.ts';
import type { SentBatch } from './oracle.ts';
import type { Worker } from './start-worker.ts';

let sequence = 0;

/** Sends one batch to each table, notes what was answered, and says whether there was an answer. */
export async function sendBatches(worker: Worker, source: Source, log: SentBatch[]): Promise<boolean> {
  const answers = await Promise.all(
    (['keyed', 'appended'] as const).map(async (table) => {
      const records = Array.from({ length: 20 }, () => {
        sequence += 1;
        return { id: table === 'keyed' ? sequence % 50 : sequence, value: `v${sequence}`, sequence };
      });
      const answer = await worker.send(source, {
        table_name: table,
        ...(table === 'keyed' && { key_names: ['id'] }),
        messages: records.map(({ id, value, sequence: own }) => ({
          action: 'upsert',
          sequence: own,
          data: { id, value },
        })),
      });
      log.push({ table, answer, records });
      return answer;
    }),
  );
  return answers.every((answer) => answer !== 'unknown');
}
