import { InvalidArgumentError } from 'commander';
import type { Config } from '../config/options.ts';
import type { Cli } from './cli.ts';
import { UsageError } from './usage-error.ts';

/** Where this machine reaches the server of a configuration; of no use where its port is 0. */
export const serverAddress = ({ tlsCert, host, port }: Config): string =>
  `${tlsCert === null ? 'http' : 'https'}://${urlHost(host)}:${port}`;

/** The host to ask where the server listens on all addresses, and as it stands in a URL. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** The server of this installation, on this machine. @throws {UsageError} when its port is not known. */
export function configuredServer(cli: Pick<Cli, 'config'>): URL {
  const config = cli.config();
  if (config.port !== 0) return new URL(serverAddress(config));
  throw new UsageError('the server chooses its port itself: give its address with --server');
}

/** The address of a server on the command line. */
export function parseServer(text: string): URL {
  const url = URL.parse(text);
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.pathname === '/';
  if (isPlain && url.search === '' && url.hash === '') return url;
  throw new InvalidArgumentError('Give the address of a server, such as http://127.0.0.1:8080.');
}
