import type { Network } from '../../network/network.ts';
import { renderEndpoint } from '../finding.ts';
import type { Endpoint } from '../findings.ts';
import type { Bucket } from './bucket.ts';
import { bookkeepingPrefix } from './object-key.ts';
import { openBucket } from './open-bucket.ts';
import { regionIn } from './store-error.ts';
import type { FailureFacts } from './store-failure.ts';
import { endpointOf, type StoreTarget } from './store-target.ts';

/** What is known of a bucket, for messages. */
export function factsOf(target: StoreTarget, region: string, network: Network): FailureFacts {
  const { host, port } = endpointOf(target, region);
  const endpoint: Endpoint = {
    ...calledStore(target),
    host,
    port,
    policy: network.policy,
    egress: network.egressAddresses,
  };
  return {
    bucket: target.bucket,
    at: target.endpoint === null ? host : renderEndpoint({ host, port }),
    region,
    from: target.credentials.from,
    endpoint,
  };
}

export const calledStore = ({ endpoint }: StoreTarget) => ({
  who: 'The object store',
  property: endpoint === null ? 's3_bucket' : 'endpoint',
});

/**
 * Opens a bucket in the region that it is in: the first request is sent to the region that the settings lead to, and
 * the store says so if it is another.
 * @throws the store's error, of the last region that was tried.
 */
export async function reachBucket(
  target: StoreTarget,
  network: Network,
  signal: AbortSignal,
): Promise<{ readonly bucket: Bucket; readonly refused: unknown }> {
  let bucket = openBucket(target, target.region, network);
  for (let tried = 1; ; tried += 1) {
    try {
      await bucket.list(bookkeepingPrefix, 1, signal);
      return { bucket, refused: null };
    } catch (error) {
      const region = regionIn(error);
      if (region === null || region === bucket.region || tried > 2 || signal.aborted)
        return { bucket, refused: error };
      bucket[Symbol.dispose]();
      bucket = openBucket(target, region, network);
    }
  }
}
