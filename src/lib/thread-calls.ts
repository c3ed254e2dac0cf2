import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads';
import type {
  ErrorForms,
  FromThread,
  Functions,
  InputOf,
  NameOf,
  OutputOf,
  ToThread,
} from './thread-messages.ts';

/**
 * Functions that run on a thread of their own. The thread starts with the first call and ends when nothing was asked
 * for a while, so that it costs nothing where it is not used. It keeps no process alive unless calls are under way.
 */
export interface ThreadCalls<Calls extends Functions<Calls>> extends AsyncDisposable {
  /**
   * Resolves with what the function answers, rejects with what it throws (see {@link ErrorForms}).
   * Calls are begun in their order. When the thread dies, all that are under way reject, and the next call starts
   * another thread: whoever cannot tell which of several calls did it makes one call at a time.
   * @throws {ThreadEnded} the thread died, or this was disposed.
   * @throws the reason of `signal`, at once; the function is not begun, or is told by its own signal.
   */
  call<Name extends NameOf<Calls>>(
    name: Name,
    input: InputOf<Calls, Name>,
    options?: CallOptions,
  ): Promise<OutputOf<Calls, Name>>;
  /** Calls that are not answered yet. */
  readonly pending: number;
  /** Whether there is a thread now. */
  readonly isRunning: boolean;
}

export interface CallOptions {
  /** Memory and ports within the input that are given away: they cannot be used here afterwards. */
  readonly transfer?: readonly Transferable[];
  readonly signal?: AbortSignal;
}

export interface ThreadOptions {
  /** Serves calls with `serveCalls`; see `threadProgram`. */
  readonly program: URL;
  /** For the program; plain. */
  readonly workerData?: unknown;
  /** So long without a call, then the thread ends. */
  readonly idleMilliseconds: number;
  /**
   * Of one thread. They size its heap, and protect nobody: V8 often ends the whole process when a thread runs out of
   * its heap. Whoever takes input from outside bounds what becomes of it beforehand.
   */
  readonly resourceLimits?: ResourceLimits;
  readonly errors?: ErrorForms;
}

/** A thread ended before it answered. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

export function createThreadCalls<Calls extends Functions<Calls>>(
  options: ThreadOptions,
): ThreadCalls<Calls> {
  let current: RunningThread | null = null;
  let isDisposed = false;
  let idle: NodeJS.Timeout | undefined;
  const pending = () => current?.waiting.size ?? 0;

  const end = async (): Promise<void> => {
    const ending = current;
    current = null;
    clearTimeout(idle);
    await ending?.end(new ThreadEnded('the thread was ended'));
  };
  const settled = (): void => {
    if (current === null || pending() > 0) return;
    current.worker.unref();
    clearTimeout(idle);
    idle = setTimeout(() => void end(), options.idleMilliseconds).unref();
  };
  const start = (): RunningThread => {
    const started = startThread(options, () => {
      if (current !== started) return;
      current = null;
      clearTimeout(idle);
    });
    return started;
  };

  return {
    get pending() {
      return pending();
    },
    get isRunning() {
      return current !== null;
    },
    async call(name, input, { transfer = [], signal } = {}) {
      if (isDisposed) throw new ThreadEnded('the thread was ended');
      signal?.throwIfAborted();
      clearTimeout(idle);
      current ??= start();
      try {
        return (await current.ask({ name, input, transfer, signal })) as OutputOf<Calls, typeof name>;
      } finally {
        settled();
      }
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      await end();
    },
  };
}

interface Question {
  readonly name: string;
  readonly input: unknown;
  readonly transfer: readonly Transferable[];
  readonly signal: AbortSignal | undefined;
}

/** One thread, from its start to its end. */
interface RunningThread {
  readonly worker: Worker;
  readonly waiting: ReadonlyMap<number, PromiseWithResolvers<unknown>>;
  ask(question: Question): Promise<unknown>;
  /** Rejects what is under way. */
  end(reason: ThreadEnded): Promise<void>;
}

function startThread(options: ThreadOptions, onEnd: () => void): RunningThread {
  const { program, workerData, resourceLimits, errors } = options;
  const worker = new Worker(program, { workerData, ...(resourceLimits && { resourceLimits }) });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;

  const take = (id: number): PromiseWithResolvers<unknown> | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };
  const stop = (reason: ThreadEnded): void => {
    onEnd();
    const rejected = [...waiting.values()];
    waiting.clear();
    for (const { reject } of rejected) reject(reason);
  };

  worker.on('message', (message: FromThread) => {
    const asked = take(message.id);
    if ('value' in message) asked?.resolve(message.value);
    else if ('plain' in message) asked?.reject(errors?.fromPlain(message.plain));
    else asked?.reject(asError(message.error));
  });
  worker.on('messageerror', (cause) => {
    stop(new ThreadEnded('what the thread answered cannot be read', { cause }));
    void worker.terminate();
  });
  worker.on('error', (cause) => stop(new ThreadEnded(`the thread died: ${cause.message}`, { cause })));
  worker.on('exit', (code) => stop(new ThreadEnded(`the thread ended with ${code}`)));

  return {
    worker,
    waiting,
    async ask({ name, input, transfer, signal }) {
      const id = ++lastId;
      const asked = Promise.withResolvers<unknown>();
      const post = (message: ToThread, list: readonly Transferable[] = []): void =>
        worker.postMessage(message, list);
      // Throws where something in the input cannot cross; nothing was sent then.
      post({ kind: 'call', id, name, input }, transfer);
      waiting.set(id, asked);
      worker.ref();
      const cancel = (): void => {
        if (!waiting.delete(id)) return;
        post({ kind: 'cancel', id });
        asked.reject(signal?.reason);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        return await asked.promise;
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    async end(reason) {
      stop(reason);
      await worker.terminate();
    },
  };
}

/** An error that has no plain form: told as it was, with the stack of the thread. */
function asError(told: Extract<FromThread, { error: unknown }>['error']): Error {
  const error = new Error(told.message);
  error.name = told.name;
  if (told.stack !== undefined) error.stack = told.stack;
  return error;
}
