import path from 'node:path';
import { quickCheck } from '../../store/sqlite/quick-check.ts';
import type { Store } from '../../store/store.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const subject = 'store';
/** A commit that takes longer is felt in every answer to a write. */
const slowMilliseconds = 200;

/** Does the store answer, and how fast does it make a write durable? */
export async function examineStore(store: Pick<Store, 'ping'>): Promise<Finding> {
  // The first round trip also opens files and connections.
  await store.ping();
  const { engine, milliseconds, version } = await store.ping();
  const name = engine === 'sqlite' ? 'SQLite' : 'PostgreSQL';
  const message = `${name}, schema version ${version}; a round trip takes ${milliseconds.toFixed(1)} ms`;
  if (milliseconds < slowMilliseconds) return ok(subject, message);
  const remedy =
    engine === 'sqlite'
      ? 'Put the data folder on a faster disk (local, not a network share), or find what else keeps it busy.'
      : 'Look at the load of that PostgreSQL, and at the network between.';
  return warning(subject, `${message}, which is slow`, remedy);
}

/** Is the file of the embedded store sound? */
export function examineFile(folder: string): Finding {
  const file = path.join(folder, 'backstitch.sqlite');
  const remedy = `Stop the server, keep a copy of ${folder}, and restore a backup.`;
  try {
    const faults = quickCheck(file);
    if (faults.length === 0) return ok(subject, `${file} is sound (SQLite's quick check)`);
    return problem(subject, `${file} is damaged: ${faults.join('; ')}`, remedy);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return problem(subject, `${file} cannot be read: ${why}`, remedy);
  }
}
