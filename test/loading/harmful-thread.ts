import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { findType } from '../../src/destinations/registry.ts';
import { assert } from '../../src/errors/bug.ts';
import { serveRunners } from '../../src/loading/threads/serve-runners.ts';
import { harmfulPostgres } from './harmful-type.ts';

/** A thread that loads, and that some records end. */
assert(parentPort, 'this file runs as a thread');
const harmful = harmfulPostgres(() => process.exit(1));
serveRunners({
  port: parentPort,
  given: workerData,
  findType: (name) => (name === harmful.type ? harmful : findType(name)),
});
