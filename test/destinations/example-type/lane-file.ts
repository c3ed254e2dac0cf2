import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lane } from '../../../src/destinations/session.ts';
import type { LoadResult } from '../../../src/model/load-result.ts';

/** What stands of a lane: nothing counts that is not named here. */
export interface LaneState {
  readonly fence: number;
  /** Digits. */
  readonly activeVersion: string | null;
  readonly loads: readonly CommittedLoad[];
}

export interface CommittedLoad {
  readonly loadId: string;
  readonly batchIds: readonly string[];
  /** Its lines; null: it brought none. */
  readonly file: string | null;
  readonly rejected: string | null;
  /** Null: its mark was dropped. */
  readonly result: LoadResult | null;
}

const nothing: LaneState = { fence: 0, activeVersion: null, loads: [] };

export const laneFolder = (folder: string, { schema, table }: Lane): string =>
  path.join(folder, schema, createHash('sha256').update(table).digest('hex'));

/** The newest state, and its number. */
async function newest(folder: string): Promise<{ number: number; state: LaneState }> {
  const names = await readdir(folder).catch(() => []);
  const numbers = names.flatMap((name) => (/^\d+\.state$/.test(name) ? [Number.parseInt(name, 10)] : []));
  const number = Math.max(0, ...numbers);
  if (number === 0) return { number, state: nothing };
  return {
    number,
    state: JSON.parse(await readFile(path.join(folder, `${number}.state`), 'utf8')) as LaneState,
  };
}

export const readLane = async (folder: string): Promise<LaneState> => (await newest(folder)).state;

/**
 * Replaces the state, in one step that happens or does not: a link to a name that is taken fails. Whoever comes second
 * looks at the new state and decides again. @param change null leaves everything as it is.
 */
export async function changeLane<T>(
  folder: string,
  change: (state: LaneState) => { readonly next: LaneState | null; readonly answer: T },
): Promise<T> {
  await mkdir(folder, { recursive: true });
  for (;;) {
    const { number, state } = await newest(folder);
    const { next, answer } = change(state);
    if (next === null) return answer;
    const draft = path.join(folder, `${randomUUID()}.draft`);
    await writeFile(draft, JSON.stringify(next), { flush: true });
    try {
      await link(draft, path.join(folder, `${number + 1}.state`));
      await rm(path.join(folder, `${number - 1}.state`), { force: true });
      return answer;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await pause(1);
    } finally {
      await rm(draft);
    }
  }
}
