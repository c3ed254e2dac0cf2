import Sqlite from 'better-sqlite3';
import { sqliteDialect } from '../dialect.ts';
import type { Query, QueryResult, Work } from '../operation.ts';
import type { CompiledStatement } from '../statement.ts';

/** A connection that runs operations to their end at once. Each statement is prepared when it first occurs. */
export interface Connection extends Disposable {
  readonly db: Sqlite.Database;
  finish<Output>(work: Work<Output>): Output;
  /** Changes with every commit of another connection, whatever process it belongs to. Asked once a turn of the loop. */
  lastCommit(): number;
}

/** How long to wait for a process that writes at the same moment. */
const busyMilliseconds = 5000;

/** The only connection of a process that writes. */
export function openWriter(file: string): Connection {
  const db = new Sqlite(file, { timeout: busyMilliseconds });
  db.pragma('journal_mode = wal');
  // In WAL mode NORMAL would not sync on commit: a power cut could take back what was acknowledged.
  db.pragma('synchronous = full');
  db.pragma('foreign_keys = on');
  // What a savepoint needs to go back would otherwise be put into /tmp from 64 kB on: in a container with a read-only
  // root there is no place for it, and SQLite calls that an I/O error, after which nothing can be trusted.
  db.pragma('temp_store = memory');
  // The writer checkpoints by itself, where a failed sync is seen; this is for when it falls behind.
  db.pragma('wal_autocheckpoint = 8000');
  return connect(db);
}

export function openReader(file: string): Connection {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: busyMilliseconds });
  db.pragma('temp_store = memory');
  return connect(db);
}

function connect(db: Sqlite.Database): Connection {
  const prepared = new Map<CompiledStatement, Sqlite.Statement>();
  const execute = ({ statement, values }: Query): QueryResult => {
    const compiled = statement.compiled(sqliteDialect);
    let ready = prepared.get(compiled);
    if (!ready) {
      ready = db.prepare(compiled.sql);
      prepared.set(compiled, ready);
    }
    const parameters = compiled.bind(values);
    if (!ready.reader) return { rows: [], changes: ready.run(parameters).changes };
    const rows = ready.all(parameters);
    return { rows, changes: rows.length };
  };
  const dataVersion = db.prepare('pragma data_version').pluck();
  let known: number | undefined;
  return {
    db,
    lastCommit() {
      if (known === undefined) {
        known = dataVersion.get() as number;
        // Requests of one turn were all sent before it: what is true for the first is true for all of them.
        setImmediate(() => {
          known = undefined;
        });
      }
      return known;
    },
    finish(work) {
      let step = work.next();
      while (!step.done) step = work.next(execute(step.value));
      return step.value;
    },
    [Symbol.dispose]: () => void db.close(),
  };
}
