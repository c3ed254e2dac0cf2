import type {
  CloudEnvironment,
  DestinationType,
  LoadContext,
  SshIdentity,
} from '../destinations/destination.ts';
import { openProperties } from '../destinations/open-properties.ts';
import { LoadFailure, type Session } from '../destinations/session.ts';
import { codes } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';
import type { Network } from '../network/network.ts';
import type { PlannedLoad } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';

export interface OpenSessionParts {
  readonly store: Pick<Store, 'accounts'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly network: Network;
  readonly cloud?: CloudEnvironment;
  findType(name: string): DestinationType | undefined;
}

/** What of a load says where it goes. */
export type LoadTarget = Pick<PlannedLoad, 'accountId' | 'destination' | 'sealed' | 'hostKeys'>;

/**
 * Opens a session for a load's destination, with the credentials of the revision that the load is bound to.
 * @param signal ends the session, and whatever it is doing.
 * @throws {LoadFailure} the destination cannot be reached, refuses us, or its settings cannot be used.
 */
export async function openLoadSession(
  target: LoadTarget,
  signal: AbortSignal,
  { store, vault, network, cloud, findType }: OpenSessionParts,
): Promise<Session> {
  const { destination, sealed } = target;
  const type = findType(destination.type);
  const connector = await type?.connector?.();
  if (!type || !connector?.open) throw notLoadable(destination.type);
  try {
    const settings = connector.resolve(await openProperties(vault, type, destination, sealed));
    const ssh = await sshIdentity(target, store, vault);
    const context: LoadContext = { network, ...(cloud && { cloud }), signal, ssh };
    return await connector.open(settings, context);
  } catch (error) {
    if (error instanceof Failure) throw unusableSettings(error);
    throw error;
  }
}

async function sshIdentity(
  { accountId, hostKeys }: LoadTarget,
  store: OpenSessionParts['store'],
  vault: OpenSessionParts['vault'],
): Promise<SshIdentity> {
  const key = await store.accounts.sshKey(accountId);
  if (!key) throw new Failure('InvalidId', `Account ${accountId} was deleted.`);
  const privateKey = await vault.open(key.uid, 'ssh_private_key', key.sealedPrivateKey);
  return {
    publicKey: key.publicKey,
    privateKey,
    pinnedHostKey(host, port) {
      const pinned = hostKeys.find((known) => known.host === host && known.port === port)?.pinned;
      // Rows are more than what a check shows to a server that nobody has vouched for.
      if (!pinned) throw notPinned(host, port);
      return pinned;
    },
    onHostKey() {},
  };
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
