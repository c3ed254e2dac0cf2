import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { LoadBatch } from '../../../src/destinations/session.ts';
import { createBodyOpener } from '../../../src/intake/stored-body.ts';
import { randomId } from '../../support/load-session.ts';
import type { Suite } from './open-suite.ts';

/** A sender wrote two offsets behind one time; where that is a column of ours, it is none. */
const unparsable = 'timestamp cannot be parsed on _sdc_deleted_at: 2019-12-18T13:19:44+00:00+00:00';
const groupsWithIt = ['reserved-name-as-table-name', 'space-in-table-name'].map(
  (name) => `pw.messages-with-${name}`,
);

const folder = 'test/contract/import-bodies';

interface RecordedBody {
  /** Bodies of one group use the same tables. */
  readonly group: string;
  readonly table: string;
  readonly batch: LoadBatch;
}

/** The recorded bodies that a server accepts, in the order in which they were sent. */
function recordedBodies(): RecordedBody[] {
  const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Readonly<
    Record<string, { readonly expected_status: number }>
  >;
  const open = createBodyOpener();
  const files = readdirSync(folder).filter((file) => expected[file]?.expected_status === 201);
  return files.toSorted().map((file) => {
    const bytes = readFileSync(path.join(folder, file));
    const { table_name: table } = JSON.parse(bytes.toString()) as { table_name: string };
    const opened = open({
      id: randomId(),
      format: 'batch',
      isValid: false,
      accountId: 1,
      receivedAt: 1_700_000_000_000,
      bytes,
    });
    // A body is parsed once for each time it is gone through, and tests go through it more often.
    return {
      group: file.replace(/\.\d+\.json$/, ''),
      table,
      batch: { ...opened, messages: [...opened.messages] },
    };
  });
}

export function recordedContract({ open, tables }: Suite): void {
  test('what real senders sent stands as they sent it', async () => {
    const bodies = recordedBodies();
    for (const group of new Set(bodies.map((body) => body.group))) {
      await using room = await open();
      const reasons = new Set<string>();
      const own = bodies.filter((body) => body.group === group);
      for (const { table, batch } of own) {
        const { rejections } = await room.loadBatches(table, [batch]);
        for (const { reason } of rejections) reasons.add(reason);
      }
      const [nul, others] = [true, false].map((is) =>
        [...reasons].filter((reason) => reason.includes('NUL') === is),
      );
      expect(nul?.length === 0, group).toBe(tables.nulInText || group !== 'sdk.encoded_string_data');
      const hasColumn = tables.columns !== 'none';
      expect(others, group).toEqual(hasColumn && groupsWithIt.includes(group) ? [unparsable] : []);
      for (const table of new Set(own.map((body) => body.table))) await room.expectLoaded(table);
    }
  }, 120_000);
}
