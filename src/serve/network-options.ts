import type { Config } from '../config/options.ts';
import type { NetworkOptions } from '../network/create-network.ts';

/** Where connections may go, as configured: plain data, so that each thread makes its own way out from it. */
export const networkOptions = (
  config: Config,
): Pick<NetworkOptions, 'policy' | 'allow' | 'egressAddresses'> => ({
  policy: config.networkPolicy,
  allow: config.networkAllow,
  egressAddresses: config.egressAddresses,
});
