import { Failure } from '../errors/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { type Network, NetworkError } from '../network/network.ts';
import type { Attempted, ClaimedDelivery } from '../store/hook-store.ts';
import type { Vault } from '../store/vault.ts';
import { postMessage } from './post-message.ts';
import type { SenderOptions } from './sender-options.ts';
import { signMessage } from './sign-message.ts';

export interface AttemptParts {
  readonly network: Network;
  readonly vault: Pick<Vault, 'open'>;
  readonly clock: Clock;
  readonly trusted: string | null;
  readonly options: Pick<SenderOptions, 'timeoutMilliseconds' | 'pauses'>;
  /** From 0 to 1. */
  random(): number;
}

/**
 * Sends a claimed delivery once, and says how that went. Nothing of what a receiver answers is kept but its status: it
 * is somebody else's, and what stands at an address is not for the owner of a hook to explore.
 * @throws what is no failure of the receiver: the store does not answer, or `stopping` aborted.
 */
export async function attemptDelivery(
  claimed: ClaimedDelivery,
  stopping: AbortSignal,
  parts: AttemptParts,
): Promise<Attempted> {
  const { timeoutMilliseconds, pauses } = parts.options;
  const { id, fence, attempt, hook, body } = claimed;
  const pause = pauses[attempt - 1];
  // Spread out, so that what failed together does not come back together.
  const retryIn = pause === undefined ? null : Math.round(pause * (0.8 + 0.4 * parts.random()));
  const ended = (status: number | null, error: string | null): Attempted => ({
    id,
    fence,
    status,
    error,
    retryIn: error === null ? null : retryIn,
  });
  try {
    const { network, trusted } = parts;
    const headers = await headersOf(claimed, parts);
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMilliseconds)]);
    const status = await postMessage({ network, url: hook.url, headers, body, trusted, signal });
    return ended(status, isReceived(status) ? null : `The receiver answered ${status}.${hintAbout(status)}`);
  } catch (error) {
    stopping.throwIfAborted();
    if (error instanceof NetworkError) return ended(null, wordsOf(error));
    if (error instanceof Failure && error.code === 'SecretUnreadable')
      return ended(null, 'The secret of this hook cannot be opened. Delete the hook and make it again.');
    throw error;
  }
}

/** The network's words are about certificates that somebody gave; receivers are verified with those that Node knows. */
const wordsOf = ({ reason, message, facts }: NetworkError): string =>
  reason === 'tls_untrusted'
    ? `The receiver's certificate (${facts.subject}, issued by ${facts.issuer}) leads to no authority that this server trusts. Whoever runs the server can name one in NODE_EXTRA_CA_CERTS.`
    : message;

const isReceived = (status: number): boolean => status >= 200 && status < 300;

const hintAbout = (status: number): string =>
  status >= 300 && status < 400 ? ' Redirects are not followed: give the hook the URL they lead to.' : '';

async function headersOf(
  { id, hook, isTest, sealedSecret, body }: ClaimedDelivery,
  { vault, clock }: AttemptParts,
): Promise<Record<string, string>> {
  const secret = sealedSecret === null ? null : await vault.open(hook.uid, 'secret', sealedSecret);
  return {
    'content-type': 'application/json',
    'user-agent': 'StitchLoadingWebhook',
    accept: '*/*',
    'x-backstitch-delivery': id,
    'x-backstitch-event': hook.type,
    ...(isTest && { 'x-backstitch-test': 'true' }),
    ...(secret !== null && { 'x-backstitch-signature': signMessage(secret, body, clock.now()) }),
  };
}
