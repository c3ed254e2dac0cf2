import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, ok, problem, warning } from './finding.ts';

const subject = 'data folder';
/** Everybody but the owner: read, write, enter. */
const othersMay = 0o077;
const othersMayWrite = 0o022;

/** Is the data folder there, this user's, and closed to others? */
export function examineFolder(folder: string): Finding[] {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats) {
    return [
      problem(
        subject,
        `${folder} does not exist`,
        'Start the server once, which makes it, or set BACKSTITCH_DATA to the folder of this installation.',
      ),
    ];
  }
  if (!stats.isDirectory()) {
    return [problem(subject, `${folder} is a file`, 'Set BACKSTITCH_DATA to a folder.')];
  }
  const findings = [...examineAccess(folder), ...examineModes(folder, stats.mode)];
  return findings.length > 0 ? findings : [ok(subject, `${folder} belongs to this user alone`)];
}

function examineAccess(folder: string): Finding[] {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return [];
  } catch {
    const remedy = `Run this command as the user that owns ${folder} (see ls -ld ${folder}).`;
    return [problem(subject, `this user may not read and write in ${folder}`, remedy)];
  }
}

function examineModes(folder: string, mode: number): Finding[] {
  if ((mode & othersMayWrite) !== 0) {
    const message = `other users may change files in ${folder} (mode ${octal(mode)})`;
    return [problem(subject, message, `chmod 700 ${folder}`)];
  }
  if ((mode & othersMay) === 0) return [];
  const open = readableFiles(folder);
  if (open.length === 0) return [];
  const message = `other users can read ${open.join(', ')} in ${folder} (the folder has mode ${octal(mode)})`;
  return [warning(subject, message, `chmod 700 ${folder}`)];
}

/** Files that others can reach once they may enter the folder. */
function readableFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .filter((name) => {
        const stats = statSync(join(folder, name), { throwIfNoEntry: false });
        return stats !== undefined && stats.size > 0 && (stats.mode & othersMay) !== 0;
      })
      .sort();
  } catch {
    return [];
  }
}

/** A file's permissions as chmod takes them. */
export const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0');
