import { type FindingKind, findingMaker } from '../finding.ts';

/** A bucket, and whoever has to act when it is refused. */
export interface BucketFacts {
  readonly bucket: string;
  /** `s3.eu-central-1.amazonaws.com`, `gateway.example.com:8082`. */
  readonly at: string;
  readonly region: string;
  /** The credentials stand in the settings, or belong to this server. */
  readonly from: 'form' | 'server';
}

export interface Said {
  /** What the store said, made printable and without a secret; may be empty. */
  readonly said: string;
}

interface Timed {
  readonly seconds: number;
}

interface OfKey {
  readonly key: string;
}

const quoted = ({ said }: Said): string => (said === '' ? '' : ` The store says: ${said}`);
/** Where the credentials are, for whoever has to replace them. */
const keys = ({ from }: BucketFacts): string =>
  from === 'form'
    ? 'access_key_id and secret_access_key'
    : 'the AWS credentials in the environment of this server (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or its profile or role)';
const statement = (actions: readonly string[], resource: string): string =>
  JSON.stringify({ Effect: 'Allow', Action: actions, Resource: resource });
const onBucket = ({ bucket }: BucketFacts, ...actions: string[]): string =>
  statement(actions, `arn:aws:s3:::${bucket}`);
const onObjects = ({ bucket }: BucketFacts, ...actions: string[]): string =>
  statement(actions, `arn:aws:s3:::${bucket}/*`);
const allow = (policy: string): string =>
  `Add this statement to the policy of the user, role or group that the credentials belong to, or (with its Principal) to the policy of the bucket: ${policy}`;

/** What can go wrong between this server and files in a bucket. */
export const objectStoreFindings = {
  endpoint_unencrypted: {
    when: 'The endpoint is an http URL, and the connection crosses a network in the clear.',
    message: (to) => `The connection to ${to.at} is not encrypted: what is loaded can be read on the way.`,
    remedy: () => 'Set endpoint to the host name alone or to an https URL, with the port that speaks TLS.',
  } satisfies FindingKind<BucketFacts>,
  store_certificate_untrusted: {
    when: "The store's certificate was issued by no authority that this server knows.",
    message: (to) => `The certificate of ${to.at} was not issued by an authority that this server knows.`,
    remedy: () =>
      'Whoever runs this server names a file with the certificate (PEM) of the authority in NODE_EXTRA_CA_CERTS and starts it again; or install a certificate of a public authority on the store.',
  } satisfies FindingKind<BucketFacts>,
  store_certificate_wrong_name: {
    when: "The store's certificate is genuine, but is made out to other names than the endpoint.",
    message: (to) => `The certificate of ${to.at} is made out to ${to.names || 'other names'}.`,
    remedy: () => 'Set endpoint to a name in the certificate, or have a certificate made for this name.',
  } satisfies FindingKind<BucketFacts & { names: string | undefined }>,
  no_credentials: {
    when: 'This server has no AWS credentials in its environment, or they cannot be had.',
    message: (to) => `This server has no AWS credentials.${to.said === '' ? '' : ` ${to.said}`}`,
    remedy: () =>
      'Whoever runs this server sets AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with a shared credentials file, or AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, and starts it again. The metadata service of a cloud machine is never asked.',
    refused: true,
  } satisfies FindingKind<Said>,
  access_key_unknown: {
    when: 'The store does not know the access key, or it was switched off.',
    message: (to) => `${to.at} does not know the access key.`,
    remedy: (to) => `Replace ${keys(to)}; the key must be active.`,
    refused: true,
  } satisfies FindingKind<BucketFacts>,
  secret_key_wrong: {
    when: 'The store knows the access key, and the secret does not belong to it.',
    message: (to) => `${to.at} knows the access key, but the secret is not the one that belongs to it.`,
    remedy: (to) =>
      `Replace ${keys(to)}, both from the same pair. A proxy that changes requests on their way also causes this.`,
    refused: true,
  } satisfies FindingKind<BucketFacts>,
  credentials_expired: {
    when: 'The credentials were temporary and have ended.',
    message: () => 'The credentials have expired.',
    remedy: (to) => `Renew ${keys(to)}.`,
    refused: true,
  } satisfies FindingKind<BucketFacts>,
  clocks_differ: {
    when: 'The clocks of this server and of the store are more than 15 minutes apart.',
    message: (to) => `The clocks of this server and of ${to.at} are too far apart.`,
    remedy: () => 'Set the clocks of both by NTP: signatures hold for 15 minutes.',
  } satisfies FindingKind<BucketFacts>,
  sign_in_refused: {
    when: 'The store refuses signed requests for a reason of its own.',
    message: (to) => `${to.at} refuses requests with these credentials.${quoted(to)}`,
    remedy: (to) => `Check ${keys(to)}.`,
    refused: true,
  } satisfies FindingKind<BucketFacts & Said>,
  not_an_object_store: {
    when: 'What answers at the endpoint does not speak S3: a console, a proxy, another service.',
    message: (to) => `What answers at ${to.at} is no store that speaks S3.`,
    remedy: () =>
      'Check endpoint and port: the port of the S3 API is often another one than that of the web console.',
  } satisfies FindingKind<BucketFacts>,
  store_silent: {
    when: 'The store accepted the connection and did not answer in time.',
    message: (to) => `${to.at} did not answer within ${to.seconds} seconds.`,
    remedy: () => 'Check that the port is that of the S3 API, and that the store is not overloaded.',
  } satisfies FindingKind<BucketFacts & Timed>,
  store_failing: {
    when: 'The store answers with an error of its own (5xx), again and again.',
    message: (to) => `${to.at} cannot answer at the moment.${quoted(to)}`,
    remedy: () =>
      'Check again later. If it stays so, whoever runs the store finds the reason in its log; of Amazon see https://health.aws.amazon.com.',
  } satisfies FindingKind<BucketFacts & Said>,
  store_throttles: {
    when: 'The store asks us to send less (503 SlowDown, 429).',
    message: (to) => `${to.at} asks for fewer requests.${quoted(to)}`,
    remedy: () => 'Nothing has to be done if it passes: it is tried again, ever more slowly.',
  } satisfies FindingKind<BucketFacts & Said>,
  bucket_missing: {
    when: 'There is no bucket of that name.',
    message: (to) => `There is no bucket ${to.bucket} at ${to.at}.`,
    remedy: (to) =>
      `Check s3_bucket, or create it: aws s3api create-bucket --bucket ${to.bucket}. The name alone belongs into s3_bucket.`,
  } satisfies FindingKind<BucketFacts>,
  bucket_elsewhere: {
    when: 'The bucket is in another region than any that the store names.',
    message: (to) => `The bucket ${to.bucket} is not in the region ${to.region}.${quoted(to)}`,
    remedy: (to) =>
      to.from === 'server'
        ? 'Whoever runs this server sets AWS_REGION to the region of the bucket.'
        : 'Check that endpoint is the one of the grid or region that holds the bucket.',
  } satisfies FindingKind<BucketFacts & Said>,
  bucket_denied: {
    when: 'The bucket exists, but may not be listed with these credentials; it may be somebody else’s.',
    message: (to) => `The bucket ${to.bucket} may not be listed with these credentials.`,
    remedy: (to) =>
      `Check s3_bucket: names are shared by all accounts, so this may be the bucket of somebody else. If it is yours: ${allow(onBucket(to, 's3:ListBucket'))}`,
    refused: true,
  } satisfies FindingKind<BucketFacts>,
  challenge_missing: {
    when: 'The bucket does not hold the challenge file that proves that it is yours.',
    message: (to) => `The bucket ${to.bucket} holds no file named ${to.key}.`,
    remedy: (to) =>
      `Create it, empty, and leave it there: aws s3api put-object --bucket ${to.bucket} --key ${to.key}${to.endpoint === null ? '' : ` --endpoint-url ${to.endpoint}`}`,
    refused: true,
  } satisfies FindingKind<BucketFacts & OfKey & { endpoint: string | null }>,
  read_denied: {
    when: 'Objects in the bucket may not be read.',
    message: (to) => `Objects in the bucket ${to.bucket} may not be read with these credentials.`,
    remedy: (to) => allow(onObjects(to, 's3:GetObject')),
    refused: true,
  } satisfies FindingKind<BucketFacts>,
  write_denied: {
    when: 'Objects may not be written to the bucket.',
    message: (to) => `Objects may not be written to the bucket ${to.bucket} with these credentials.`,
    remedy: (to) =>
      `${allow(onObjects(to, 's3:PutObject', 's3:AbortMultipartUpload'))} A bucket that is encrypted with a key of KMS also needs kms:GenerateDataKey and kms:Decrypt on that key.`,
    refused: true,
  } satisfies FindingKind<BucketFacts>,
  delete_denied: {
    when: 'Objects of our own may not be deleted; loading works without.',
    message: (to) =>
      `The check wrote ${to.key} and may not delete it: this one small object stays, and later checks replace it.`,
    remedy: (to) => allow(statement(['s3:DeleteObject'], `arn:aws:s3:::${to.bucket}/_backstitch/*`)),
  } satisfies FindingKind<BucketFacts & OfKey>,
  object_not_as_written: {
    when: 'An object that was just written was read back otherwise, or not at all.',
    message: (to) => `The object ${to.key} was not read back as it was written.`,
    remedy: () =>
      'Loading needs a store that shows an object to all readers as soon as it is written. A cache in front of the store, or one that replicates later, must not answer for it.',
  } satisfies FindingKind<BucketFacts & OfKey>,
  no_conditional_writes: {
    when: 'The store passes over the condition of a write (If-None-Match, If-Match).',
    message: (to) => `${to.at} does not know writes under a condition.`,
    remedy: () =>
      'Loading works. If two servers ever load one table at the same time, such as when one was cut off for a minute and comes back, a load could stand twice: see "Exactly once" in docs/destinations/s3.md. A newer version of the store may know them.',
  } satisfies FindingKind<BucketFacts>,
  unexpected_answer: {
    when: 'The store refused a request with a code that has no finding of its own.',
    message: (to) => `${to.at} refused what was asked.${quoted(to)}`,
    remedy: () => 'Look the code up in the documentation of the store.',
  } satisfies FindingKind<BucketFacts & Said>,
} as const;

export const objectStoreFinding = findingMaker(objectStoreFindings);
