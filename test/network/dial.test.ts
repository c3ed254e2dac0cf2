import { once } from 'node:events';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectTo } from '../../src/network/connect-to.ts';
import { createNetwork, type NetworkOptions } from '../../src/network/create-network.ts';
import { startEchoServer } from '../support/echo-server.ts';
import { freePort } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startSilentPort } from '../support/silent-port.ts';

const deadline = () => AbortSignal.timeout(10_000);

/** Names lead where the test says; each question takes the next answer. */
function networkWith(options: Partial<NetworkOptions> & { answers?: string[][] } = {}) {
  const { answers = [], ...rest } = options;
  const asked: string[] = [];
  const lookup = async (name: string) => answers[Math.min(asked.push(name), answers.length) - 1] ?? [];
  return {
    asked,
    network: createNetwork({ policy: 'private', allow: [], egressAddresses: [], lookup, ...rest }),
  };
}

describe('dialling a judged host', () => {
  it('connects, and carries bytes both ways', async () => {
    await using server = await startEchoServer();
    const { network } = networkWith();
    const connection = await connectTo({ network, host: '127.1', port: server.port, signal: deadline() });
    connection.write('there and back');
    expect(String((await once(connection, 'data'))[0])).toBe('there and back');
    connection.destroy();
  });

  it('goes to the address that was judged when the name changes its answer', async () => {
    await using good = await startEchoServer({ host: '127.0.0.1' });
    await using evil = await startEchoServer({ host: '127.0.0.2', port: good.port });
    const { network, asked } = networkWith({
      policy: 'public',
      allow: ['127.0.0.1'],
      answers: [['127.0.0.1'], ['127.0.0.2']],
    });
    const judged = network.judge(await network.resolve('rebinding.example', deadline()));
    for (let round = 0; round < 2; round += 1) {
      const connection = await network.dial(judged, good.port, deadline());
      expect(connection).toBeInstanceOf(Socket);
      expect(connection).toMatchObject({ remoteAddress: '127.0.0.1' });
      connection.destroy();
    }
    expect(asked).toEqual(['rebinding.example']);
    expect(evil.connections).toBe(0);
    await expect(network.resolve('rebinding.example', deadline()).then(network.judge)).rejects.toMatchObject({
      reason: 'blocked',
    });
  });

  it('touches nothing when one address of several is refused', async () => {
    await using server = await startEchoServer();
    const { network } = networkWith({
      policy: 'public',
      allow: ['127.0.0.1'],
      answers: [['127.0.0.1', '127.0.0.2']],
    });
    const target = { network, host: 'mixed.example', port: server.port, signal: deadline() };
    await expect(connectTo(target)).rejects.toMatchObject({ reason: 'blocked' });
    expect(server.connections).toBe(0);
  });

  it('refuses loopback in policy public in the same words, whether or not something listens', async () => {
    await using server = await startEchoServer();
    const { network } = networkWith({ policy: 'public' });
    const messages = await Promise.all(
      [server.port, await freePort()].map((port) =>
        connectTo({ network, host: '127.0.0.1', port, signal: deadline() }).catch(String),
      ),
    );
    expect(messages[0]).toBe(messages[1]);
    expect(server.connections).toBe(0);
  });
});

describe('a port that does not work', () => {
  it('is refused when nothing listens', async () => {
    const port = await freePort();
    const { network } = networkWith();
    await expect(connectTo({ network, host: '127.0.0.1', port, signal: deadline() })).rejects.toMatchObject({
      reason: 'refused',
      message: expect.stringContaining(`127.0.0.1:${port} refused the connection`),
      facts: { address: '127.0.0.1', port: String(port), code: 'ECONNREFUSED' },
    });
  });

  it('times out when requests are dropped', async () => {
    await using silent = await startSilentPort();
    const { network } = networkWith();
    const signal = AbortSignal.timeout(300);
    await expect(connectTo({ network, host: silent.host, port: silent.port, signal })).rejects.toMatchObject({
      reason: 'timeout',
      facts: { address: '127.0.0.1', port: String(silent.port) },
    });
  });

  it('is not dialled once the signal has aborted', async () => {
    await using server = await startEchoServer();
    const { network } = networkWith();
    const judged = network.judge({ host: '127.0.0.1', addresses: ['127.0.0.1'] });
    await expect(network.dial(judged, server.port, AbortSignal.abort())).rejects.toMatchObject({
      reason: 'timeout',
    });
    expect(server.connections).toBe(0);
  });

  it('closes the stream when it resets, and the process goes on', async () => {
    await using server = await startEchoServer();
    await using proxy = await startFaultProxy({ targetPort: server.port, mode: { kind: 'reset' } });
    const { network } = networkWith();
    const target = { network, host: '127.0.0.1', port: proxy.port, signal: deadline() };
    const outcome = await connectTo(target).then(
      async (connection) => {
        if (!connection.closed) await new Promise((resolve) => connection.once('close', resolve));
        return 'closed';
      },
      (error) => error.reason,
    );
    expect(['closed', 'reset']).toContain(outcome);
  });
});

describe('a host with several addresses', () => {
  it('is reached at the second when the first refuses', async () => {
    await using server = await startEchoServer({ host: '127.0.0.2' });
    const { network } = networkWith({ answers: [['127.0.0.1', '127.0.0.2']] });
    const connection = await connectTo({
      network,
      host: 'two.example',
      port: server.port,
      signal: deadline(),
    });
    expect(connection).toMatchObject({ remoteAddress: '127.0.0.2' });
    connection.destroy();
  });

  it('is reached at the second when the first keeps silent', async () => {
    await using silent = await startSilentPort();
    await using server = await startEchoServer({ host: '127.0.0.2', port: silent.port });
    const { network } = networkWith({ answers: [['127.0.0.1', '127.0.0.2']] });
    const connection = await connectTo({
      network,
      host: 'two.example',
      port: server.port,
      signal: deadline(),
    });
    expect(connection).toMatchObject({ remoteAddress: '127.0.0.2' });
    connection.destroy();
  });

  it('fails with the reason of the last address', async () => {
    const port = await freePort();
    const { network } = networkWith({ answers: [['127.0.0.1', '127.0.0.2', '127.0.0.3']] });
    await expect(
      connectTo({ network, host: 'three.example', port, signal: deadline() }),
    ).rejects.toMatchObject({ reason: 'refused', facts: { address: '127.0.0.3' } });
  });
});
