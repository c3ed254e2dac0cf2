import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createThreadCalls, type ThreadCalls, ThreadEnded } from '../../lib/thread-calls.ts';
import { threadProgram } from '../../lib/thread-program.ts';
import { type OpenedTarget, type OpenTargetParts, openTarget } from '../open-load-session.ts';
import { LoadCrash } from '../run-load.ts';
import type { ReadBodies, Runner, Runners, RunnersGiven } from '../runner.ts';
import { runInThread } from './run-in-thread.ts';
import type { RunnerCalls, RunnerThreadData } from './runner-calls.ts';
import { NoSession, runnerErrors } from './runner-errors.ts';

export interface ThreadRunnersParts extends OpenTargetParts {
  /** Made anew in each thread. */
  readonly network: RunnerThreadData['network'];
  readonly cloud?: RunnerThreadData['cloud'];
  /** How many threads at most; by default half of the processors, and at most four. */
  readonly threads?: number;
  /** For tests: the program of a thread. */
  readonly program?: URL;
}

/**
 * Runners in threads of their own, which begin with the first session and end when none is left. Types are those of
 * the registry. A thread that dies is a {@link LoadCrash} of what ran in it; its sessions are opened anew when they are
 * used next.
 */
export function createThreadRunners(parts: ThreadRunnersParts, given: RunnersGiven): Runners {
  const { readBodies, parsedBytes, idleMilliseconds } = given;
  const {
    network,
    cloud = {},
    threads = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2))),
  } = parts;
  const workerData: RunnerThreadData = { network, cloud, parsedBytes: Math.ceil(parsedBytes / threads) };
  const pool: Thread[] = Array.from({ length: threads }, () => ({
    calls: createThreadCalls<RunnerCalls>({
      program: parts.program ?? threadProgram(import.meta.url, 'runner-thread'),
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
      idleMilliseconds,
      errors: runnerErrors,
    }),
    sessions: new Set(),
  }));

  return {
    async open(target, signal) {
      const opened = await openTarget(target, parts);
      const thread = pool.reduce((best, other) => (other.sessions.size < best.sessions.size ? other : best));
      return await openRunner(thread, opened, signal, readBodies);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pool.map(({ calls }) => calls[Symbol.asyncDispose]()));
    },
  };
}

/** Of what is parsed nothing lives long: a larger nursery would be memory for nothing. */
const youngMegabytes = 24;

interface Thread {
  readonly calls: ThreadCalls<RunnerCalls>;
  /** Ids of those that are open in it. */
  readonly sessions: Set<string>;
}

async function openRunner(
  { calls, sessions }: Thread,
  target: OpenedTarget,
  signal: AbortSignal,
  readBodies: ReadBodies,
): Promise<Runner> {
  const session = randomUUID();
  const open = () => calls.call('open', { session, target }, { signal });

  /** Its thread may have been replaced since the session was opened. */
  async function withSession<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work().catch(async (error: unknown) => {
        if (!(error instanceof NoSession)) throw error;
        await open();
        return await work();
      });
    } catch (error) {
      throw error instanceof ThreadEnded ? crashOf(error) : error;
    }
  }

  async function close(): Promise<void> {
    signal.removeEventListener('abort', closeAtOnce);
    // Where its thread is gone, the session is too.
    if (sessions.delete(session) && calls.isRunning) await calls.call('close', { session });
  }
  const closeAtOnce = () => void close().catch(() => {});

  sessions.add(session);
  try {
    const { recalls } = await withSession(open);
    signal.addEventListener('abort', closeAtOnce, { once: true });
    return {
      run: (load, options) => withSession(() => runInThread(calls, { session, load, options, readBodies })),
      settle: (plan, ending) =>
        withSession(() => calls.call('settle', { session, plan }, { signal: ending })),
      marks: (lane) => withSession(() => calls.call('marks', { session, lane })),
      dropMarks: (lane, loadIds) => withSession(() => calls.call('dropMarks', { session, lane, loadIds })),
      ...(recalls && {
        recall: (lane, asked, ending) =>
          withSession(() => calls.call('recall', { session, lane, asked }, { signal: ending })),
      }),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    sessions.delete(session);
    throw error;
  }
}

const crashOf = (cause: ThreadEnded): LoadCrash =>
  new LoadCrash(`The thread that loaded this table is gone: ${cause.message}.`, { cause });
