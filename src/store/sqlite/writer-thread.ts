import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../errors/bug.ts';
import { serveWrites } from './serve-writes.ts';

/** Started by the engine as a thread; `workerData` names the database. */
assert(parentPort, 'this file runs as a thread');
serveWrites({ port: parentPort, file: String(workerData.file) });
