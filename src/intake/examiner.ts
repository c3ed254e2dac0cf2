import { Failure } from '../errors/failure.ts';
import { ownMemory } from '../lib/own-memory.ts';
import { createThreadCalls, type ThreadCalls, ThreadEnded } from '../lib/thread-calls.ts';
import { threadProgram } from '../lib/thread-program.ts';
import { createTurns } from '../lib/turns.ts';
import { createBodyExaminer, type ExaminedBody, type UnexaminedBody } from './examine-body.ts';
import type { ExaminerThread } from './examiner-thread.ts';
import { refusalForms } from './refusal-forms.ts';

/** Parses and validates bodies without holding up anything else. */
export interface Examiner extends AsyncDisposable {
  /**
   * Small bodies are examined at once; others on threads, accounts taking turns. The memory of a body's bytes may be
   * given away: they cannot be used afterwards.
   * @throws {BatchRefusal | PushRefusal | Failure} Overloaded when the thread ended before it was done; as `ExamineBody`.
   */
  examine(body: UnexaminedBody, accountId: number): Promise<ExaminedBody>;
}

export interface ExaminerOptions {
  /** Characters of schemas that are kept compiled, on each thread. */
  readonly schemaCharacters: number;
  /** Threads for bodies of a middle size. There is one more for large ones. */
  readonly threads: number;
  /** Bodies of fewer bytes are examined faster than a thread is told of them. */
  readonly smallBytes: number;
  /** Bodies of more bytes wait for each other only: one takes as long as twenty of a middle size. */
  readonly largeBytes: number;
  /** A thread that was asked nothing for so long ends. */
  readonly idleMilliseconds: number;
  /** The threads' program; tests start another one. */
  readonly program?: URL;
}

export function createExaminer(options: ExaminerOptions): Examiner {
  const { schemaCharacters, threads, smallBytes, largeBytes, idleMilliseconds } = options;
  const program = options.program ?? threadProgram(import.meta.url, 'examiner-thread');
  const examineHere = createBodyExaminer({ schemaCharacters });
  const openThread = () =>
    createThreadCalls<ExaminerThread>({
      program,
      workerData: { schemaCharacters },
      idleMilliseconds,
      errors: refusalForms,
    });
  const middle = openCrew(Array.from({ length: threads }, openThread));
  const large = openCrew([openThread()]);

  return {
    async examine(body, accountId) {
      const size = body.bytes.byteLength;
      if (size < smallBytes) return examineHere(body);
      return await (size > largeBytes ? large : middle).examine(body, accountId);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([middle[Symbol.asyncDispose](), large[Symbol.asyncDispose]()]);
    },
  };
}

interface Job extends PromiseWithResolvers<ExaminedBody> {
  readonly body: UnexaminedBody;
}

/** Threads that share their work. Each has one body at a time: if that is the end of it, no other goes with it. */
function openCrew(threads: readonly ThreadCalls<ExaminerThread>[]): Examiner {
  // The last one that was used comes first, so that those who are not needed end.
  const free = [...threads];
  const waiting = createTurns<Job>();

  function assign(): void {
    const turn = free.length > 0 ? waiting.next() : undefined;
    const thread = turn && free.shift();
    if (!turn || !thread) return;
    waiting.remove(turn.key, turn.item);
    void perform(thread, turn.item).finally(() => {
      free.unshift(thread);
      assign();
    });
    assign();
  }

  return {
    examine(body, accountId) {
      const job = { body, ...Promise.withResolvers<ExaminedBody>() };
      waiting.add(accountId, job);
      assign();
      return job.promise;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()));
    },
  };
}

async function perform(thread: ThreadCalls<ExaminerThread>, { body, resolve, reject }: Job): Promise<void> {
  const memory = ownMemory(body.bytes);
  try {
    resolve(await thread.call('examine', body, { transfer: memory ? [memory] : [] }));
  } catch (error) {
    reject(error instanceof ThreadEnded ? ended(error) : error);
  }
}

const ended = (cause: ThreadEnded): Failure =>
  new Failure('Overloaded', 'The records could not be examined', {
    remedy: 'Send the request again later; if it fails each time, send fewer records in one request.',
    cause,
  });
