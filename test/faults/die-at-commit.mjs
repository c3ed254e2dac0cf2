// For `node --import`, in the program under test: named points around each commit of the embedded store. Once there is a
// file <data folder>/die-at-commit with the word `before`, the process kills itself right before its next commit; with
// the word `after` right after it, when nobody has been told yet.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

const Sqlite = createRequire(import.meta.url)('better-sqlite3');
const { prepare } = Sqlite.prototype;
const file = `${process.env.BACKSTITCH_DATA}/die-at-commit`;

Sqlite.prototype.prepare = function watched(/** @type {string} */ sql) {
  const statement = prepare.call(this, sql);
  if (sql !== 'commit') return statement;
  return {
    run() {
      const moment = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (moment === 'before') process.kill(process.pid, 'SIGKILL');
      const result = statement.run();
      if (moment === 'after') process.kill(process.pid, 'SIGKILL');
      return result;
    },
  };
};
