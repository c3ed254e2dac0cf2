import { type Finding, ok, problem, warning } from './finding.ts';

const subject = 'disk';
const megabyte = 1_000_000;
const gigabyte = 1000 * megabyte;
/** Below this a backup, a migration or a burst of records can fill the disk. */
const comfortable = 2 * gigabyte;
/** Below this SQLite may fail in the middle of ordinary work. */
const needed = 200 * megabyte;

/** Is there room where the store grows? */
export function examineDisk(folder: string, freeBytes: number): Finding {
  const free = `${renderBytes(freeBytes)} free on the disk of ${folder}`;
  const remedy = 'Free some space, or move the data folder to a larger disk.';
  if (freeBytes < needed) {
    return problem(subject, `only ${free}: writes will fail soon`, remedy);
  }
  return freeBytes < comfortable ? warning(subject, `only ${free}`, remedy) : ok(subject, free);
}

const renderBytes = (bytes: number): string =>
  bytes >= gigabyte ? `${(bytes / gigabyte).toFixed(1)} GB` : `${Math.floor(bytes / megabyte)} MB`;
