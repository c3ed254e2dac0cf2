import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/options.ts';
import { assert } from '../errors/bug.ts';
import { Failure } from '../errors/failure.ts';

/**
 * Begins to accept connections; returns the URL that reaches the server from this machine.
 * @throws {Failure} InvalidConfiguration when host and port cannot be listened on.
 */
export async function listen(app: FastifyInstance, { host, port, tlsCert }: Config): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = unusable[code];
    if (why === undefined) throw error;
    throw new Failure('InvalidConfiguration', `The server cannot listen on ${host}, port ${port}: ${why}.`, {
      remedy: 'Set BACKSTITCH_HOST and BACKSTITCH_PORT to an address of this machine and a free port of it.',
      cause: error,
    });
  }
  const bound = app.server.address();
  assert(bound !== null && typeof bound === 'object', 'the server listens on a port');
  const scheme = tlsCert === null ? 'http' : 'https';
  return `${scheme}://${reachable[bound.address] ?? inUrl(bound.address)}:${bound.port}`;
}

const unusable: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this user may not use that port',
  ENOTFOUND: 'there is no such address',
};

/** Every address of the machine is none that can be called. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);
