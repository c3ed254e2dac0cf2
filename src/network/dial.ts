import { connect, type Socket } from 'node:net';
import { assert } from '../errors/bug.ts';
import { NetworkError, type NetworkReason } from './network.ts';
import { orAbort } from './or-abort.ts';

/** Milliseconds after which the next address is tried beside one that has not answered yet. */
const patience = 500;

/**
 * Connects to the first of the addresses that accepts. The next one is tried when the one before it fails, or keeps
 * silent for half a second: then both go on, so that neither a dead address nor a slow one costs the whole deadline.
 * An error of the socket after this never ends the process; whoever uses it listens for `close`.
 * @throws {NetworkError} `refused`, `reset`, `unreachable`, `timeout` of the last address to fail; `timeout` when the
 * signal aborts first.
 */
export async function dialAddresses(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  assert(addresses.length > 0, 'nothing to dial');
  assert(Number.isInteger(port) && port > 0 && port < 65536, `${port} is no port`);
  const first = Promise.withResolvers<Socket>();
  const sockets = new Set<Socket>();
  const waiting = addresses.values();
  let winner: Socket | undefined;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;

  const tryNext = (): void => {
    clearTimeout(timer);
    const { value: address } = waiting.next();
    if (address === undefined) return;
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
    });
    sockets.add(socket);
    socket.once('connect', () => first.resolve(socket));
    // The listener stays: a connection that breaks while nobody listens must not end the process.
    socket.on('error', (cause) => {
      if (winner) return;
      failures += 1;
      if (failures === addresses.length) first.reject(failureToConnect(address, port, cause));
      else tryNext();
    });
    timer = setTimeout(tryNext, patience);
  };

  const address = addresses.join(', ');
  try {
    if (!signal.aborted) tryNext();
    winner = await orAbort(first.promise, signal, {
      message: `No answer from ${addresses.map((each) => withPort(each, port)).join(', ')} in time.`,
      facts: { address, port: String(port) },
    });
    return winner;
  } finally {
    clearTimeout(timer);
    for (const socket of sockets) if (socket !== winner) socket.destroy();
  }
}

/** `[::1]:22`, `127.0.0.1:22`: how people write an address with its port. */
export function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What an error of the operating system on a connection stands for. */
export function reasonOfSystemError(error: unknown): NetworkReason | undefined {
  return reasons[String((error as NodeJS.ErrnoException).code)];
}

const reasons: Readonly<Record<string, NetworkReason>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  // A firewall on this machine.
  EACCES: 'unreachable',
  EPERM: 'unreachable',
};

const says: Readonly<Partial<Record<NetworkReason, string>>> = {
  refused: 'refused the connection: nothing listens there, or a firewall answers in its place',
  reset: 'closed the connection at once',
  timeout: 'did not answer',
};

function failureToConnect(address: string, port: number, cause: Error): NetworkError {
  const reason = reasonOfSystemError(cause) ?? 'unreachable';
  const code = String((cause as NodeJS.ErrnoException).code ?? 'unknown');
  const target = withPort(address, port);
  const message = says[reason]
    ? `${target} ${says[reason]}.`
    : `There is no way to ${target} from here (${code}).`;
  return new NetworkError(reason, message, { facts: { address, port: String(port), code }, cause });
}
