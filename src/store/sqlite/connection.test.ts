import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWriter } from './connection.ts';

const openFiles = '/proc/self/fd';

/** Open files without a name: that is how SQLite makes its temporary ones. Only Linux lists them. */
const namelessFiles = (): string[] =>
  (existsSync(openFiles) ? readdirSync(openFiles) : []).flatMap((descriptor) => {
    try {
      const file = readlinkSync(path.join(openFiles, descriptor));
      return file.endsWith(' (deleted)') ? [file] : [];
    } catch {
      // The listing's own.
      return [];
    }
  });

/** A server whose root cannot be written to, or whose /tmp is full, would take the refusal for a broken disk. */
test('a large unit of writes needs no temporary file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-store-'));
  try {
    using writer = openWriter(path.join(folder, 'store.sqlite'));
    const { db } = writer;
    db.exec('create table things (name text)');
    const insert = db.prepare('insert into things values (?)');
    for (let number = 0; number < 500; number++) insert.run('x'.repeat(1000));
    const before = namelessFiles();
    db.exec("begin immediate; savepoint unit; update things set name = name || 'y'");
    expect(namelessFiles()).toEqual(before);
    db.exec('release unit; commit');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
