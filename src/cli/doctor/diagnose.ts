import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../config/options.ts';
import { Failure } from '../../errors/failure.ts';
import { findOwner } from '../../store/sqlite/server-lock.ts';
import type { Cli } from '../cli.ts';
import type { Installation } from '../installation.ts';
import { serverHeadStart } from '../run-check.ts';
import { examineClock } from './examine-clock.ts';
import { examineConfiguration } from './examine-configuration.ts';
import { examineDestinations, ownedDestinations } from './examine-destinations.ts';
import { examineDisk } from './examine-disk.ts';
import { examineEgress } from './examine-egress.ts';
import { examineFolder } from './examine-folder.ts';
import { readHosts } from './examine-hosts.ts';
import { examineKeyFile } from './examine-key-file.ts';
import { examineServer } from './examine-server.ts';
import { examineFile, examineStore } from './examine-store.ts';
import { type Finding, ok, problem } from './finding.ts';

/**
 * Looks at an installation, outside in: what cannot be looked at because something before it is broken is left out.
 * Changes nothing but the history of checks; makes no folder, key or store.
 */
export async function diagnose(cli: Cli): Promise<Finding[]> {
  let config: Config;
  try {
    config = cli.config();
  } catch (error) {
    return misconfigured(error);
  }
  const findings = examineConfiguration(config, cli.clock.now());
  const embedded = config.store === 'sqlite';
  const folder = path.resolve(config.data);
  if (embedded) {
    findings.push(...examineFolder(folder));
    if (!existsSync(path.join(folder, 'backstitch.sqlite'))) return [...findings, noStore(folder)];
    findings.push(diskOf(folder), examineKeyFile(folder, config.masterKey !== null), examineFile(folder));
  }
  findings.push(await examineServer(config, embedded ? findOwner(folder) : undefined));
  try {
    await using installation = await cli.open();
    findings.push(...(await examineInside(cli, config, installation)));
  } catch (error) {
    findings.push(cannotOpen(error));
  }
  return findings;
}

async function examineInside(cli: Cli, config: Config, installation: Installation): Promise<Finding[]> {
  const { store, network } = installation;
  const owned = await ownedDestinations(installation);
  const hosts = await readHosts(
    network,
    owned.map(({ destination }) => destination),
  );
  return [
    ok('master key', 'it is the one that the store was encrypted with'),
    await examineStore(store),
    await readClocks(cli, installation),
    ...examineEgress(config.egressAddresses, hosts),
    ...(await examineDestinations(installation, owned, serverHeadStart(config))),
  ];
}

async function readClocks({ clock }: Cli, { store }: Installation): Promise<Finding> {
  const before = clock.now();
  const { storeTime = null } = await store.ping();
  const after = clock.now();
  return examineClock({ here: (before + after) / 2, store: storeTime, uncertainty: after - before });
}

function diskOf(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  return examineDisk(folder, bavail * bsize);
}

/** A finding for each line that is wrong in the configuration. */
function misconfigured(error: unknown): Finding[] {
  if (!(error instanceof Failure)) throw error;
  const { message, remedy = 'See docs/configuration.md.' } = error;
  return message.split('\n').map((line) => problem('configuration', line, remedy));
}

const noStore = (folder: string): Finding =>
  problem(
    'store',
    `there is no store in ${folder} yet`,
    'Start the server once, which makes it, or set BACKSTITCH_DATA to the folder of this installation.',
  );

function cannotOpen(error: unknown): Finding {
  if (!(error instanceof Failure)) {
    // A store that is damaged fails in ways that nobody foresaw; whoever asks what is wrong must get an answer.
    const message = error instanceof Error ? error.message : String(error);
    return problem(
      'store',
      `it cannot be opened: ${message}`,
      'See the findings above, and the log of the server.',
    );
  }
  const subject = error.code === 'WrongMasterKey' ? 'master key' : 'store';
  return problem(subject, error.message, error.remedy ?? 'See docs/errors.md.');
}
