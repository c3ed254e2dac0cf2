import { parentPort, workerData } from 'node:worker_threads';
import { findType } from '../../destinations/registry.ts';
import { assert } from '../../errors/bug.ts';
import type { RunnerThreadData } from './runner-calls.ts';
import { serveRunners } from './serve-runners.ts';

/** A thread that loads. Started by `createThreadRunners`. */
assert(parentPort, 'this file runs as a thread');
serveRunners({ port: parentPort, given: workerData as RunnerThreadData, findType });
