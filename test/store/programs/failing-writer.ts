import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { serveWrites } from '../../../src/store/sqlite/serve-writes.ts';

/** The thread that writes, on a disk whose sync fails for as long as there is a file `<database>.broken`. */
if (!parentPort) throw new Error('this file runs as a thread');
serveWrites({
  port: parentPort,
  file: workerData.file,
  beforeCommit() {
    if (existsSync(`${workerData.file}.broken`)) throw new Error('injected failure of the sync');
  },
});
