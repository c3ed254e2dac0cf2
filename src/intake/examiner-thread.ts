import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../errors/bug.ts';
import { ownMemory } from '../lib/own-memory.ts';
import { serveCalls } from '../lib/serve-calls.ts';
import { Transfer } from '../lib/thread-messages.ts';
import { createBodyExaminer, type ExamineBody } from './examine-body.ts';
import { refusalForms } from './refusal-forms.ts';

/** What the thread can be asked. */
export interface ExaminerThread {
  examine: ExamineBody;
}

/** Started by the intake; `workerData` holds the options of `createBodyExaminer`. */
assert(parentPort, 'this file runs as a thread');
const examine = createBodyExaminer(workerData);
serveCalls<ExaminerThread>(
  {
    examine(body) {
      const examined = examine(body);
      const packed = examined.parts.flatMap(({ body: stored }) => stored?.parts ?? []);
      const memory = packed.map((part) => ownMemory(part.body));
      return new Transfer(
        examined,
        memory.filter((own) => own !== null),
      );
    },
  },
  { port: parentPort, errors: refusalForms },
);
