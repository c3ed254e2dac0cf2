import { parentPort } from 'node:worker_threads';
import { assert } from '../../src/errors/bug.ts';
import type { ExaminerThread } from '../../src/intake/examiner-thread.ts';
import { serveCalls } from '../../src/lib/serve-calls.ts';

/** A thread that every body of the client 13 is the end of. */
assert(parentPort, 'this file runs as a thread');
serveCalls<ExaminerThread>(
  {
    examine({ clientId }) {
      if (clientId === 13) process.exit(13);
      return { parts: [], hash: String(clientId) };
    },
  },
  { port: parentPort },
);
