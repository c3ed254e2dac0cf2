import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Config } from '../../config/options.ts';
import { serverAddress } from '../server-address.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const subject = 'server';
const patience = 5000;

/**
 * Does a server run, and does it answer? `owner` is the process that holds the data folder, 0 if it is not known
 * which; null: none does; undefined: that cannot be seen, since the store is shared by machines.
 */
export async function examineServer(config: Config, owner: number | null | undefined): Promise<Finding> {
  if (owner === null) return ok(subject, 'no server is running on this data folder');
  const who = !owner ? 'a server' : `the server (process ${owner})`;
  const address = `${serverAddress(config)}/health`;
  const answer = config.port === 0 ? null : await askHealth(address);
  if (answer === 200) return ok(subject, `${who} answers at ${address}`);
  if (owner === undefined) return ok(subject, 'no server answers at the configured address of this machine');
  if (config.port === 0) return ok(subject, `${who} is running, on a port of its own choice`);
  if (answer === null) {
    return warning(
      subject,
      `${who} holds the data folder, but nothing answers at ${address}`,
      'If it was started with another host or port, run this command with the same settings. If it hangs, look at its log and restart it.',
    );
  }
  return problem(subject, `${who} answers ${answer} at ${address}`, 'Look at its log, and restart it.');
}

/** The status of /health, or null when nothing answers. */
function askHealth(address: string): Promise<number | null> {
  // Asks this machine whether it is up; nothing secret is sent, so the certificate does not matter.
  const options = { timeout: patience, rejectUnauthorized: false };
  return new Promise((resolve) => {
    const request = address.startsWith('https:') ? requestHttps : requestHttp;
    const asked = request(address, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(null));
    asked.on('close', () => resolve(null));
    asked.end();
  });
}
