import { createHash } from 'node:crypto';
import type { CheckOutcome } from '../../model/check.ts';
import type { CheckContext } from '../destination.ts';
import { renderEndpoint, StepFailure } from '../finding.ts';
import { networkFinding } from '../findings.ts';
import { openRoute, routePlan } from '../route.ts';
import { type RunStep, runSteps, type StepPlan, type StepScope } from '../steps.ts';
import type { Bucket } from './bucket.ts';
import { objectStoreFinding } from './findings.ts';
import { calledStore, factsOf, reachBucket } from './reach-bucket.ts';
import { createRequestHandler } from './request-handler.ts';
import { type Asked, type FailureFacts, storeFailure } from './store-failure.ts';
import type { ObjectStoreSettings } from './store-settings.ts';
import { endpointOf, type StoreTarget } from './store-target.ts';
import { tryObject } from './try-object.ts';

/** The steps in their order, with their deadlines. */
export const checkPlan = ({ target }: ObjectStoreSettings): StepPlan => [
  ['settings', 1_000],
  ...routePlan(routeOf(target)),
  ['tls', 5_000],
  ['credentials', 6_000],
  ['bucket', 6_000],
  ['challenge', 4_000],
  ['write', 10_000],
];

/** Proves that files could be written with these settings, step by step. See {@link Connector.check}. */
export async function checkObjectStore(
  settings: ObjectStoreSettings,
  context: CheckContext,
  plan: StepPlan = checkPlan(settings),
): Promise<CheckOutcome> {
  const { target, files } = settings;
  const { network } = context;
  return await runSteps(context, plan, async (step) => {
    const first = factsOf(target, target.region, network);
    await step('settings', {
      timedOut: () => networkFinding('stopped', {}),
      async run({ passed }) {
        passed(
          `Bucket ${target.bucket} at ${first.at}, files in ${files.format}${files.gzip ? ', compressed' : ''}.`,
        );
      },
    });
    await goThere(target, context, step, first);
    await askedOf(step, 'credentials', first, 'list', async ({ signal, passed }) => {
      await getCredentials(target, context, signal);
      passed(
        target.credentials.from === 'form'
          ? 'The access key stands in the settings.'
          : 'This server has AWS credentials.',
      );
    });
    const { bucket, facts } = await openCheckedBucket(target, context, step, first);
    try {
      await askedOf(step, 'challenge', facts, 'read', async ({ signal, passed }) => {
        await proveChallenge(bucket, settings, facts, signal);
        passed('The challenge file is there: the bucket is yours.');
      });
      await askedOf(step, 'write', facts, 'write', (scope) =>
        tryObject(bucket, { ...facts, checkKey: checkKeyOf(settings) }, scope),
      );
    } finally {
      bucket[Symbol.dispose]();
    }
  });
}

/** The challenge file proves that whoever made these settings may write into the bucket. */
export async function proveChallenge(
  bucket: Bucket,
  { target, files: { sentinelKey } }: ObjectStoreSettings,
  facts: FailureFacts,
  signal: AbortSignal,
): Promise<void> {
  if ((await bucket.head(sentinelKey, signal)) !== null) return;
  const { endpoint } = target;
  const url = endpoint && `${endpoint.secure ? 'https' : 'http'}://${renderEndpoint(endpoint)}`;
  throw new StepFailure(
    objectStoreFinding('challenge_missing', { ...facts, key: sentinelKey, endpoint: url }),
  );
}

const routeOf = (target: StoreTarget) => {
  const { host, port } = endpointOf(target, target.region);
  return { host, port, tunnel: null, called: calledStore(target) };
};

/** Goes to the store once, so that what is in the way has a step of its own. */
async function goThere(
  target: StoreTarget,
  context: CheckContext,
  step: RunStep,
  facts: FailureFacts,
): Promise<void> {
  const { network } = context;
  const route = await openRoute(routeOf(target), context, step);
  try {
    await step('tls', {
      timedOut: (seconds) => networkFinding('tls_timeout', { ...route.endpoint, seconds }),
      async run({ signal, passed, warn }) {
        const { secure, host } = endpointOf(target, target.region);
        if (!secure && route.shelter === null) return warn(objectStoreFinding('endpoint_unencrypted', facts));
        if (!secure) return passed('TLS is off; the connection does not leave this machine.');
        const secured = await network
          .startTls(route.connection, { host, trusted: null, authorities: 'system', signal })
          .catch((error) => {
            throw storeFailure(error, facts, 'list');
          });
        passed(`Encrypted with ${secured.getProtocol()}; the certificate is genuine.`);
        secured.destroy();
      },
    });
  } finally {
    await route[Symbol.asyncDispose]();
  }
}

async function getCredentials(
  { credentials }: StoreTarget,
  { network }: CheckContext,
  signal: AbortSignal,
): Promise<void> {
  const way = createRequestHandler(network);
  signal.addEventListener('abort', () => way.destroy(), { once: true });
  try {
    await credentials.get(way);
  } finally {
    way.destroy();
  }
}

async function openCheckedBucket(
  target: StoreTarget,
  { network }: CheckContext,
  step: RunStep,
  first: FailureFacts,
): Promise<{ bucket: Bucket; facts: FailureFacts }> {
  let facts = first;
  return await step('bucket', {
    timedOut: (seconds) => objectStoreFinding('store_silent', { ...facts, seconds }),
    async run({ signal, passed }) {
      const { bucket, refused } = await reachBucket(target, network, signal);
      facts = factsOf(target, bucket.region, network);
      if (refused !== null) {
        bucket[Symbol.dispose]();
        throw storeFailure(refused, facts, 'list');
      }
      passed(`The bucket ${target.bucket} is there, in region ${bucket.region}.`);
      return { bucket, facts };
    },
  });
}

/** Steps that ask the store something: its errors are put into words here, once. */
function askedOf(
  step: RunStep,
  name: string,
  facts: FailureFacts,
  asked: Asked,
  run: (scope: StepScope) => Promise<void>,
): Promise<void> {
  return step(name, {
    timedOut: (seconds) => objectStoreFinding('store_silent', { ...facts, seconds }),
    run: (scope) =>
      run(scope).catch((error) => {
        throw storeFailure(error, facts, asked);
      }),
  });
}

/** The same for every check of a destination, so that one that was cut off leaves one object at most. */
const checkKeyOf = ({ files: { sentinelKey } }: ObjectStoreSettings): string =>
  `_backstitch/check-${createHash('sha256').update(sentinelKey).digest('hex').slice(0, 12)}`;
