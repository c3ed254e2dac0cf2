import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Sender } from './body-sender.ts';

/**
 * A thread that sends the same body again and again on so many connections, until it is told to stop. After a 503 a
 * connection waits as long as it was told to.
 */
const { url, headers, body, connections }: Sender = workerData;
const statuses: Record<string, number> = {};
let goesOn = true;

const agent = new Agent({ keepAlive: true, maxSockets: connections });
const send = (): Promise<number> =>
  new Promise((resolve) => {
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': body.length },
    });
    sent.once('response', (answer) => {
      const { statusCode = 0 } = answer;
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
      const seconds = Number(answer.headers['retry-after'] ?? 0);
      answer.resume().once('close', () => resolve(seconds));
    });
    sent.once('error', ({ message }) => {
      if (goesOn) statuses[message] = (statuses[message] ?? 0) + 1;
      resolve(0.1);
    });
    sent.end(body);
  });

async function sendOn(): Promise<void> {
  while (goesOn) {
    const seconds = await send();
    if (seconds > 0 && goesOn) await pause(seconds * 1000);
  }
}

parentPort?.once('message', () => {
  goesOn = false;
  parentPort?.postMessage(statuses);
  agent.destroy();
});
await Promise.all(Array.from({ length: connections }, sendOn));
