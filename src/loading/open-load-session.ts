import type { CloudEnvironment, DestinationType, LoadContext } from '../destinations/destination.ts';
import { openProperties } from '../destinations/open-properties.ts';
import { LoadFailure, type Session } from '../destinations/session.ts';
import { codes } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';
import type { Properties } from '../model/form.ts';
import type { Network } from '../network/network.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';

/** What of a load says where it goes. */
export type LoadTarget = Pick<PlannedLoad, 'accountId' | 'destination' | 'sealed' | 'hostKeys'>;

/** A load's target with its credentials in clear: plain data, for whoever opens the session. */
export interface OpenedTarget {
  readonly type: string;
  readonly properties: Properties;
  readonly ssh: { readonly publicKey: string; readonly privateKey: string };
  readonly hostKeys: PlannedLoad['hostKeys'];
}

export interface OpenTargetParts {
  readonly store: Pick<Store, 'accounts'>;
  readonly vault: Pick<Vault, 'open'>;
  findType(name: string): DestinationType | undefined;
}

export interface OpenSessionParts {
  readonly network: Network;
  readonly cloud?: CloudEnvironment;
  findType(name: string): DestinationType | undefined;
}

/**
 * Opens the credentials of the revision that a load is bound to.
 * @throws {LoadFailure} they cannot be used.
 */
export async function openTarget(
  { accountId, destination, sealed, hostKeys }: LoadTarget,
  { store, vault, findType }: OpenTargetParts,
): Promise<OpenedTarget> {
  const type = findType(destination.type);
  if (!type) throw notLoadable(destination.type);
  try {
    const properties = await openProperties(vault, type, destination, sealed);
    const key = await store.accounts.sshKey(accountId);
    if (!key) throw new Failure('InvalidId', `Account ${accountId} was deleted.`);
    const privateKey = await vault.open(key.uid, 'ssh_private_key', key.sealedPrivateKey);
    return { type: destination.type, properties, ssh: { publicKey: key.publicKey, privateKey }, hostKeys };
  } catch (error) {
    if (error instanceof Failure) throw unusableSettings(error);
    throw error;
  }
}

/**
 * Opens a session for loads.
 * @param signal ends the session, and whatever it is doing.
 * @throws {LoadFailure} the destination cannot be reached, refuses us, or its settings cannot be used.
 */
export async function openLoadSession(
  { type: name, properties, ssh, hostKeys }: OpenedTarget,
  signal: AbortSignal,
  { network, cloud, findType }: OpenSessionParts,
): Promise<Session> {
  const connector = await findType(name)?.connector?.();
  if (!connector?.open) throw notLoadable(name);
  const context: LoadContext = {
    network,
    ...(cloud && { cloud }),
    signal,
    ssh: {
      ...ssh,
      pinnedHostKey(host, port) {
        const pinned = hostKeys.find((known) => known.host === host && known.port === port)?.pinned;
        // Rows are more than what a check shows to a server that nobody has vouched for.
        if (!pinned) throw notPinned(host, port);
        return pinned;
      },
      onHostKey() {},
    },
  };
  try {
    return await connector.open(connector.resolve(properties), context);
  } catch (error) {
    if (error instanceof Failure) throw unusableSettings(error);
    throw error;
  }
}

const notPinned = (host: string, port: number): LoadFailure =>
  new LoadFailure('passing', `The host key of the SSH server ${host}:${port} is not known yet.`, {
    remedy: 'The first connection check that succeeds pins it: run one, or wait for the one that is running.',
    code: 'ssh_host_key_unknown',
  });

const notLoadable = (type: string): LoadFailure =>
  new LoadFailure('blocked', `This server cannot load into destinations of the type ${type}.`, {
    remedy:
      'Map the source to a destination of another type, or run a version of the server that has this one.',
    code: 'type_unavailable',
  });

function unusableSettings(failure: Failure): LoadFailure {
  const { message, remedy = 'Correct the settings of the destination.', code } = failure;
  return new LoadFailure(codes[code].retry ? 'passing' : 'blocked', message, {
    remedy,
    code,
    cause: failure,
  });
}
