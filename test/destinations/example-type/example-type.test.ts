import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseExactJson } from '../../../src/lib/exact-json.ts';
import { describeDestination } from '../contract/destination-contract.ts';
import { flat, normalNumber, type StandingRow } from '../contract/normal-form.ts';
import type { PlaceUnderTest, RejectedRow } from '../contract/type-under-test.ts';
import { type LaneState, laneFolder, readLane } from './lane-file.ts';
import { exampleType } from './type.ts';

const schema = 'shop';

await describeDestination({
  type: exampleType,
  format: null,
  start: async () => ({ openPlace, async [Symbol.asyncDispose]() {} }),
});

async function openPlace(): Promise<PlaceUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-lines-'));
  const names = () => readdir(folder, { recursive: true });
  const lanes = async (): Promise<{ at: string; state: LaneState }[]> => {
    const found = (await names()).filter((name) => /^shop\/[0-9a-f]{64}$/.test(name));
    return await Promise.all(
      found.map(async (name) => ({
        at: path.join(folder, name),
        state: await readLane(path.join(folder, name)),
      })),
    );
  };
  const linesOf = async (at: string, file: string | null): Promise<Record<string, unknown>[]> => {
    if (file === null) return [];
    const text = await readFile(path.join(at, file), 'utf8');
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => parseExactJson(Buffer.from(line)).value as Record<string, unknown>);
  };
  return {
    schema,
    port: null,
    secrets: [],
    properties: () => ({ folder }),
    // Files of loads are data, and of the states of a lane the last two stay.
    objects: async () => (await names()).filter((name) => !/\.(jsonl|state)$/.test(name)).toSorted(),
    async tables() {
      const loaded = (await lanes()).flatMap(({ state }) => state.loads);
      return [
        ...new Set(
          loaded
            .flatMap(({ result }) => result?.tables ?? [])
            .filter(({ rowsLoaded }) => rowsLoaded > 0)
            .map(({ destination }) => destination),
        ),
      ];
    },
    async rows(table) {
      const at = laneFolder(folder, { schema, table });
      const { loads } = await readLane(at);
      const lines = await Promise.all(loads.map(({ file }) => linesOf(at, file)));
      return lines.flat().map(standingRow);
    },
    columns: async () => ({}),
    async rejected() {
      const all = await Promise.all(
        (await lanes()).flatMap(({ at, state }) => state.loads.map(({ rejected }) => linesOf(at, rejected))),
      );
      return all.flat() as unknown as RejectedRow[];
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

function standingRow({ record, ...system }: Record<string, unknown>): StandingRow {
  const written = Object.entries(system).map(([name, value]) => {
    if (value === null) return [name, null];
    const number = normalNumber(typeof value === 'object' ? (value as { text: string }).text : String(value));
    return [name, name.endsWith('_at') ? number.replace('#', '@') : number];
  });
  return { ...Object.fromEntries(written), ...flat(record as object) };
}
