import { NetworkError } from '../../network/network.ts';
import { StepFailure } from '../finding.ts';
import { type Endpoint, networkFinding } from '../findings.ts';
import { explainedBy } from '../route.ts';
import { type BucketFacts, objectStoreFinding } from './findings.ts';
import { errorCode, isStoreError, NoStoreAnswer, statusOf } from './store-error.ts';
import { CredentialsMissing } from './store-target.ts';

/** What was asked for decides what a refusal means. */
export type Asked = 'list' | 'read' | 'write' | 'delete';

export interface FailureFacts extends BucketFacts {
  readonly endpoint: Endpoint;
}

/**
 * What an error of a store, or of the way to it, means for people. Errors that nothing outside can cause are given
 * back as they are. What the store said is quoted by its code alone: its words may repeat what we sent.
 */
export function storeFailure(error: unknown, facts: FailureFacts, asked: Asked): unknown {
  const network = networkErrorIn(error);
  if (network) return certificateFailure(network, facts) ?? explainedBy(facts.endpoint, network);
  if (error instanceof CredentialsMissing)
    return new StepFailure(objectStoreFinding('no_credentials', { said: error.message }), error);
  if (isBrokenConnection(error))
    return new StepFailure(networkFinding('connection_reset', facts.endpoint), error);
  if (isUnreadable(error)) return new StepFailure(objectStoreFinding('not_an_object_store', facts), error);
  return isStoreError(error) ? new StepFailure(findingOf(error, facts, asked), error) : error;
}

function findingOf(error: unknown, facts: BucketFacts, asked: Asked) {
  const code = errorCode(error);
  const status = statusOf(error) ?? 0;
  const said = `${code ?? 'nothing but'} (HTTP ${status}).`.replace('nothing but (', 'nothing (');
  const spoken = { ...facts, said };
  switch (code) {
    case 'InvalidAccessKeyId':
      return objectStoreFinding('access_key_unknown', facts);
    case 'SignatureDoesNotMatch':
      return objectStoreFinding('secret_key_wrong', facts);
    case 'ExpiredToken':
    case 'TokenRefreshRequired':
      return objectStoreFinding('credentials_expired', facts);
    case 'RequestTimeTooSkewed':
      return objectStoreFinding('clocks_differ', facts);
    case 'NoSuchBucket':
      return objectStoreFinding('bucket_missing', facts);
    case 'PermanentRedirect':
    case 'IllegalLocationConstraintException':
    case 'AuthorizationHeaderMalformed':
      return objectStoreFinding('bucket_elsewhere', spoken);
    case 'InvalidToken':
    case 'AccountProblem':
    case 'InvalidSecurity':
    case 'NotSignedUp':
      return objectStoreFinding('sign_in_refused', spoken);
    case 'SlowDown':
    case 'TooManyRequests':
    case 'Throttling':
    case 'ThrottlingException':
    case 'RequestLimitExceeded':
      return objectStoreFinding('store_throttles', spoken);
  }
  if (status === 429) return objectStoreFinding('store_throttles', spoken);
  if (status >= 500) return objectStoreFinding('store_failing', spoken);
  if (status === 403) return objectStoreFinding(denied[asked], { ...facts, key: '' });
  // A store says why in XML; pages and other APIs do not.
  if (code === null && status !== 404) return objectStoreFinding('not_an_object_store', facts);
  return objectStoreFinding('unexpected_answer', spoken);
}

const denied = {
  list: 'bucket_denied',
  read: 'read_denied',
  write: 'write_denied',
  delete: 'delete_denied',
} as const;

/** The SDK passes errors of a connection on as they are, or as the cause of its own. */
function networkErrorIn(error: unknown): NetworkError | null {
  if (error instanceof NetworkError) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined || cause === error ? null : networkErrorIn(cause);
}

function certificateFailure(error: NetworkError, facts: BucketFacts): StepFailure | null {
  if (error.reason === 'tls_untrusted')
    return new StepFailure(objectStoreFinding('store_certificate_untrusted', facts), error);
  if (error.reason === 'tls_wrong_name')
    return new StepFailure(
      objectStoreFinding('store_certificate_wrong_name', { ...facts, names: error.facts.names }),
      error,
    );
  return null;
}

const isBrokenConnection = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(
    String((error as NodeJS.ErrnoException | null)?.code),
  );

/** What came was no HTTP, or no XML where a store answers in XML. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof NoStoreAnswer ||
  (error instanceof Error &&
    (String((error as NodeJS.ErrnoException).code).startsWith('HPE_') ||
      (/deserializ|parse|XML/i.test(error.message) && (statusOf(error) ?? 200) < 500)));
