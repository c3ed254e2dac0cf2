import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { splitMessages, statementOf } from '../support/client-messages.ts';

/**
 * Where in the life of a statement something happens. `before`: it has not reached the server, and will not. `sent`:
 * the server has it. `answered`: its answer has come, and is not passed on. `told`: its answer was passed on.
 */
export type Moment = 'before' | 'sent' | 'answered' | 'told';

/** A proxy in front of a real PostgreSQL that tells of chosen moments. Speaks no TLS. */
export interface MomentProxy extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /**
   * Calls back once, at this moment of the first statement that matches after some others that did; prepared ones count
   * at each execution.
   */
  watch(statement: RegExp, moment: Moment, call: () => void, after?: number): void;
  /** Watches for nothing any more. */
  forget(): void;
}

interface Watch {
  readonly statement: RegExp;
  readonly moment: Moment;
  readonly call: () => void;
  /** So many that match are let through first. */
  after: number;
}

export async function startMomentProxy(targetPort: number): Promise<MomentProxy> {
  const open = new Set<Socket>();
  let watched: Watch | null = null;
  const track = (socket: Socket): Socket => {
    open.add(socket);
    // Each message is passed on as it comes: waiting for more costs 40 ms for each statement.
    socket.setNoDelay();
    socket.on('close', () => open.delete(socket));
    // Both ends are killed on purpose here.
    return socket.on('error', () => {});
  };

  function pass(client: Socket): void {
    const target = track(connect({ host: '127.0.0.1', port: targetPort }));
    const prepared = new Map<string, string>();
    let bound = '';
    let awaited: Watch | null = null;
    let isOver = false;

    const takeWatch = (text: string): Watch | null => {
      if (!watched?.statement.test(text)) return null;
      watched.after -= 1;
      if (watched.after >= 0) return null;
      const taken = watched;
      watched = null;
      return taken;
    };
    track(client).on(
      'data',
      splitMessages((type, message) => {
        if (isOver) return;
        if (type === 'P') prepared.set(textAt(message, 5), statementOf(type, message));
        // Bind: the portal's name, then the statement's.
        if (type === 'B') bound = prepared.get(textAt(message, message.indexOf(0, 5) + 1)) ?? '';
        // Nothing is committed before the Sync, or the whole script.
        const found =
          type === 'Q' ? takeWatch(statementOf(type, message)) : type === 'S' ? takeWatch(bound) : null;
        if (found?.moment === 'before') {
          isOver = true;
          return found.call();
        }
        target.write(message);
        if (found?.moment === 'sent') target.write('', found.call);
        else awaited ??= found;
      }),
    );
    target.on('data', (chunk) => {
      const reached = awaited !== null && endsReady(chunk) ? awaited : null;
      if (reached) awaited = null;
      if (reached?.moment === 'answered') {
        isOver = true;
        reached.call();
      }
      if (isOver) return;
      client.write(chunk, () => reached?.call());
    });
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  }

  const server = createServer(pass).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: '127.0.0.1',
    port: address.port,
    watch(statement, moment, call, after = 0) {
      watched = { statement, moment, call, after };
    },
    forget() {
      watched = null;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const textAt = (message: Buffer, start: number): string =>
  message.toString('utf8', start, message.indexOf(0, start));

/** ReadyForQuery: nothing more comes for what was sent. */
const endsReady = (chunk: Buffer): boolean =>
  chunk.length >= 6 &&
  chunk.readUInt8(chunk.length - 6) === 0x5a &&
  chunk.readUInt32BE(chunk.length - 5) === 5;
