import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { withPort } from './dial.ts';
import { NetworkError, type NetworkReason } from './network.ts';
import { orAbort } from './or-abort.ts';
import { printable } from './printable.ts';
import { openChannelStream } from './ssh-channel.ts';

/**
 * Asks a signed-in SSH server to connect to a host and port as seen from there; see {@link Tunnel.dial}. When the
 * signal aborts first, a connection that comes late is closed.
 */
export async function openForward(
  client: Client,
  target: { readonly host: string; readonly port: number; readonly signal: AbortSignal },
): Promise<Duplex> {
  const { host, port, signal } = target;
  const facts = { host, port: String(port) };
  const asked = requestForward(client, host, port).then(
    (channel) => streamUntilLost(client, channel, facts),
    (error: ForwardError) => {
      throw failureToForward(error, facts);
    },
  );
  try {
    return await orAbort(asked, signal, {
      message: `The SSH server did not connect to ${withPort(host, port)} in time.`,
      facts,
    });
  } catch (error) {
    asked.then(
      (late) => late.destroy(),
      () => {},
    );
    throw error;
  }
}

function requestForward(client: Client, host: string, port: number): Promise<ClientChannel> {
  // The source address is only for the server's log.
  return new Promise((resolve, reject) =>
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) =>
      error ? reject(error) : resolve(channel),
    ),
  );
}

/** When the SSH connection breaks, whatever waits on the stream hears of it at once. */
function streamUntilLost(client: Client, channel: ClientChannel, facts: Record<string, string>): Duplex {
  const stream = openChannelStream(channel);
  const lose = () => stream.destroy(new NetworkError('reset', connectionLost, { facts }));
  client.once('close', lose);
  stream.once('close', () => client.off('close', lose));
  return stream;
}

const connectionLost = 'The SSH connection was lost.';

interface ForwardError extends Error {
  /** RFC 4254, 5.1; absent when the whole connection broke. */
  readonly reason?: number | string;
}

const connectFailed = 2;

function failureToForward(error: ForwardError, facts: { host: string; port: string }): NetworkError {
  if (typeof error.reason !== 'number')
    return new NetworkError('reset', connectionLost, { facts, cause: error });
  const serverSays = printable(error.message.replace(/^\(SSH\) Channel open failure: ?/, ''));
  const quoted = serverSays === '' ? '' : ` (${serverSays})`;
  const target = withPort(facts.host, Number(facts.port));
  const reason = error.reason === connectFailed ? reasonOfText(serverSays) : 'ssh_forwarding_denied';
  const message =
    reason === 'ssh_forwarding_denied'
      ? `The SSH server does not forward connections to ${target}${quoted}.`
      : `The SSH server could not connect to ${target}${quoted}.`;
  return new NetworkError(reason, message, { facts: { ...facts, serverSays }, cause: error });
}

/** SSH has one code for all of these; servers tell them apart in words of their system. */
function reasonOfText(text: string): NetworkReason {
  if (/name resolution|not known|unknown host|no address|nodename|resolve/i.test(text)) return 'unresolvable';
  if (/timed? ?out/i.test(text)) return 'timeout';
  if (/no route|unreachable/i.test(text)) return 'unreachable';
  return 'refused';
}
