import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A port of loopback that answers no connection request at all, as behind a firewall that drops packets. */
export interface SilentPort extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/**
 * Opens one: a listener whose thread stands still and whose queue is full, so that the kernel drops what else comes.
 * Works on Linux; elsewhere such requests may be refused.
 */
export async function startSilentPort(host = '127.0.0.1'): Promise<SilentPort> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(standStill, { eval: true, workerData: { gate, host } });
  const [port] = (await once(worker, 'message')) as [number];

  const sockets: Socket[] = [];
  const accepted = Promise.withResolvers<void>();
  let connected = 0;
  for (let count = 0; count < queue + 4; count += 1) {
    const socket = connect({ host, port });
    socket.on('error', () => {});
    socket.on('connect', () => {
      connected += 1;
      if (connected > queue) accepted.resolve();
    });
    sockets.push(socket);
  }
  await accepted.promise;

  return {
    host,
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      Atomics.store(new Int32Array(gate), 0, 1);
      Atomics.notify(new Int32Array(gate), 0);
      await worker.terminate();
    },
  };
}

/** Linux lets one more than this wait to be accepted. */
const queue = 1;

const standStill = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  createServer().listen({ host: workerData.host, port: 0, backlog: ${queue} }, function () {
    parentPort.postMessage(this.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(workerData.gate), 0, 0));
  });
`;
