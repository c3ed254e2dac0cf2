import type { Duplex } from 'node:stream';
import type { Network } from './network.ts';

/**
 * Resolves, judges and dials in one call, for callers that do not report the steps apart.
 * @throws {NetworkError} as `resolve`, `judge` and `dial` do.
 */
export async function connectTo(target: {
  readonly network: Network;
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}): Promise<Duplex> {
  const { network, host, port, signal } = target;
  return await network.dial(network.judge(await network.resolve(host, signal)), port, signal);
}
