import { parentPort, workerData } from 'node:worker_threads';
import { serveWrites } from '../../../src/store/sqlite/serve-writes.ts';

/** The thread that writes, where a database has room for 4 MB: SQLite answers as it does on a full disk. */
if (!parentPort) throw new Error('this file runs as a thread');
serveWrites({
  port: parentPort,
  file: workerData.file,
  prepare: ({ db }) => void db.pragma('max_page_count = 1024'),
});
