import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import {
  type ErrorForms,
  type FromThread,
  type Functions,
  type InputOf,
  type NameOf,
  type OutputOf,
  type ToThread,
  Transfer,
} from './thread-messages.ts';

/** The functions of a thread's program: each may answer at once or later, and give memory of its answer away. */
export type Handlers<Calls extends Functions<Calls>> = {
  readonly [Name in NameOf<Calls>]: (
    input: InputOf<Calls, Name>,
    context: CallContext,
  ) => Answer<OutputOf<Calls, Name>> | Promise<Answer<OutputOf<Calls, Name>>>;
};
type Answer<Output> = Output | Transfer<Output>;

export interface CallContext {
  /** Aborted when the caller no longer waits. A function that never awaits anything does not see it. */
  readonly signal: AbortSignal;
}

export interface ServeOptions {
  readonly port: MessagePort;
  readonly errors?: ErrorForms;
}

/**
 * The thread's side of `createThreadCalls`: answers what comes in through the port, one after another; functions that
 * answer later do so beside each other. What was cancelled before its turn is never begun.
 */
export function serveCalls<Calls extends Functions<Calls>>(
  handlers: Handlers<Calls>,
  { port, errors }: ServeOptions,
): void {
  const inbox = new Map<number, Extract<ToThread, { kind: 'call' }>>();
  const running = new Map<number, AbortController>();

  const receive = (message: ToThread): void => {
    if (message.kind === 'call') inbox.set(message.id, message);
    else if (!inbox.delete(message.id)) running.get(message.id)?.abort();
  };
  /** Cancellations overtake the calls that still wait. */
  const receiveAll = (): void => {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      receive(next.message as ToThread);
  };

  async function answer({ id, name, input }: Extract<ToThread, { kind: 'call' }>): Promise<void> {
    const aborting = new AbortController();
    running.set(id, aborting);
    try {
      const handler = handlers[name as NameOf<Calls>];
      const result = handler(input as never, { signal: aborting.signal });
      const answered: unknown = result instanceof Promise ? await result : result;
      if (answered instanceof Transfer) post({ id, value: answered.value }, answered.list);
      else post({ id, value: answered });
    } catch (error) {
      post(render(id, error, errors));
    } finally {
      running.delete(id);
    }
  }

  const post = (message: FromThread, transfer: Transfer<unknown>['list'] = []): void =>
    port.postMessage(message, transfer);

  port.on('message', (message: ToThread) => {
    receive(message);
    for (;;) {
      receiveAll();
      const [next] = inbox.values();
      if (next === undefined) return;
      inbox.delete(next.id);
      void answer(next);
    }
  });
}

function render(id: number, thrown: unknown, errors: ErrorForms | undefined): FromThread {
  const plain = errors?.toPlain(thrown);
  if (plain !== undefined) return { id, plain };
  const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { id, error: { name, message, stack } };
}
