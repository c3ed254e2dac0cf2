import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { until } from '../support/embedded-postgres.ts';

/** The far end of checks of the directed type: a listener that lets them wait until the test says how they end. */
export interface Director extends AsyncDisposable {
  /** `address:port`, as the destinations' host. */
  readonly host: string;
  /** The next check that has arrived, in order. */
  next(): Promise<Arrival>;
  /** Answers every check from now on, those that wait included. */
  answerAll(answer: Answer): void;
  /** Checks that have arrived so far. */
  readonly arrived: number;
  /** The most that were there unanswered at the same time. */
  readonly mostAtOnce: number;
}

export type Answer = 'pass' | 'fail' | 'crash';

export interface Arrival {
  /** Id of the process that runs the check. */
  readonly process: number;
  readonly password: string;
  answer(answer: Answer): void;
  /** Resolves when the check has closed its connection, or died. */
  readonly gone: Promise<void>;
}

export async function startDirector(): Promise<Director> {
  const arrivals: Arrival[] = [];
  const open = new Set<Socket>();
  const unanswered = new Set<Socket>();
  let always: Answer | undefined;
  let taken = 0;
  let mostAtOnce = 0;

  const server = createServer((socket) => {
    open.add(socket);
    unanswered.add(socket);
    mostAtOnce = Math.max(mostAtOnce, unanswered.size);
    // A check that is killed resets its connection.
    socket.on('error', () => {});
    const gone = new Promise<void>((resolve) => socket.once('close', resolve)).then(() => {
      open.delete(socket);
      unanswered.delete(socket);
    });
    // What a check says is one line, short enough for one packet.
    socket.once('data', (line) => {
      const answer = (given: Answer) => {
        unanswered.delete(socket);
        socket.write(`${given}\n`);
      };
      arrivals.push({ ...(JSON.parse(String(line)) as { process: number; password: string }), answer, gone });
      if (always) answer(always);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    host: `127.0.0.1:${address.port}`,
    async next() {
      const index = taken++;
      return await until(() => {
        const arrival = arrivals[index];
        if (!arrival) throw new Error(`check ${index + 1} has not arrived`);
        return arrival;
      });
    },
    answerAll(answer) {
      always = answer;
      for (const arrival of arrivals) arrival.answer(answer);
    },
    get arrived() {
      return arrivals.length;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
