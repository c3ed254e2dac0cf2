import Sqlite from 'better-sqlite3';

/** How many faults are named; one is enough to act on. */
const mostFaults = 5;

/**
 * Reads the whole database and returns what is damaged in it; nothing when it is sound. Takes a second for each
 * gigabyte or so. Works beside a live server, which goes on writing.
 * @throws what SQLite throws when the file is no database at all.
 */
export function quickCheck(file: string): readonly string[] {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    const lines = db.prepare<[], string>(`pragma quick_check(${mostFaults})`).pluck().all();
    return lines.length === 1 && lines[0] === 'ok' ? [] : lines;
  } finally {
    db.close();
  }
}
