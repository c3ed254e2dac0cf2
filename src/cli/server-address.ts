import type { Config } from '../config/options.ts';

/** Where this machine reaches the server of a configuration; of no use where its port is 0. */
export const serverAddress = ({ tlsCert, host, port }: Config): string =>
  `${tlsCert === null ? 'http' : 'https'}://${urlHost(host)}:${port}`;

/** The host to ask where the server listens on all addresses, and as it stands in a URL. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
