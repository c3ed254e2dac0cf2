import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { startEchoServer } from '../support/echo-server.ts';
import { until } from '../support/embedded-postgres.ts';
import { openHookRoom } from './hook-room.ts';

const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

/** Writes this, and then more for as long as somebody reads. */
function writeForever(socket: Socket, first: string): void {
  socket.write(first);
  const more = () => {
    while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
  };
  socket.on('drain', more);
  more();
}

test.each<[what: string, answer: (socket: Socket) => void, state: string, status: number | null]>([
  ['what is no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'), 'failed', null],
  ['nothing, and hangs up', (socket) => socket.destroy(), 'failed', null],
  ['headers without an end', (socket) => writeForever(socket, `${head}x: `), 'failed', null],
  ['a body without an end', (socket) => writeForever(socket, `${head}\r\n`), 'sent', 200],
  ['a body that never comes', (socket) => void socket.write(`${head}content-length: 9\r\n\r\n`), 'sent', 200],
  ['half a body', (socket) => void socket.end(`${head}content-length: 9\r\n\r\nhalf`), 'sent', 200],
])('a receiver that answers %s harms nobody', async (_what, answer, state, status) => {
  await using receiver = await startEchoServer({
    answer: (socket) => void socket.once('data', () => answer(socket)),
  });
  await using room = await openHookRoom();
  const hook = await room.hook(`http://127.0.0.1:${receiver.port}/`);
  room.send({ pauses: [], timeoutMilliseconds: 700 });
  await room.load();
  await until(async () =>
    expect(await room.deliveries(hook)).toMatchObject([{ state, status, attempts: 1 }]),
  );
});
