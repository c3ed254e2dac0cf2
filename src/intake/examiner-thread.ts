import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../errors/bug.ts';
import { collectGarbage } from '../lib/collect-garbage.ts';
import { freeMemory, ownMemory } from '../lib/own-memory.ts';
import { serveCalls } from '../lib/serve-calls.ts';
import { Transfer } from '../lib/thread-messages.ts';
import {
  createBodyExaminer,
  type ExamineBody,
  type ExaminedBody,
  type UnexaminedBody,
} from './examine-body.ts';
import { refusalForms } from './refusal-forms.ts';

/** What the thread can be asked. */
export interface ExaminerThread {
  examine: ExamineBody;
}

/** Started by the intake; `workerData` holds the options of `createBodyExaminer`. */
assert(parentPort, 'this file runs as a thread');
const examine = createBodyExaminer(workerData);

/** Values of larger bodies take up so much that the next one must not come on top of them. */
const largeBytes = 2 * 1024 * 1024;

function examineOnce(body: UnexaminedBody): ExaminedBody {
  try {
    return examine(body);
  } finally {
    // Parts that are kept raw may be these bytes.
    if (body.kept !== 'raw') freeMemory(body.bytes);
  }
}

serveCalls<ExaminerThread>(
  {
    examine(body) {
      const size = body.bytes.byteLength;
      const examined = examineOnce(body);
      if (size > largeBytes) collectGarbage();
      const kept = examined.parts.flatMap(({ body: stored }) =>
        stored instanceof Uint8Array ? stored : (stored?.parts ?? []).map((part) => part.body),
      );
      const memory = kept.map(ownMemory);
      return new Transfer(
        examined,
        memory.filter((own) => own !== null),
      );
    },
  },
  { port: parentPort, errors: refusalForms },
);
