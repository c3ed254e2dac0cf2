import { bindHooks } from './bind-hooks.ts';
import { bindBatches, bindLoads, bindRejections, bindReplays, bindSources } from './bind-records.ts';
import type { Engine } from './engine.ts';
import { getAccount, listAccounts, sshKeyOfAccount } from './operations/accounts.ts';
import { getCheck, listChecks, overtakenChecks } from './operations/check-reads.ts';
import { destinationHistory } from './operations/destination-history.ts';
import { destinationSecrets, getDestination, listDestinations } from './operations/destination-reads.ts';
import { listHostKeys } from './operations/host-keys.ts';
import { isIdTaken } from './operations/ids.ts';
import { readKeyring } from './operations/keyring.ts';
import { readLately } from './operations/lately.ts';
import { brandingOf, findPartner, listPartners, logoOf } from './operations/partners.ts';
import { sealedWithOther } from './operations/reseal.ts';
import { findSession } from './operations/sessions.ts';
import { listImportTokens } from './operations/source-tokens.ts';
import { findToken, listTokens } from './operations/tokens.ts';
import type { PartnerStore } from './partner-store.ts';
import type { SessionStore } from './session-store.ts';
import { createSpool } from './spool.ts';
import type {
  AccountStore,
  CheckStore,
  DestinationStore,
  IdempotencyStore,
  KeyringStore,
  LeaseStore,
  Store,
  TokenStore,
} from './store.ts';

/** The store's aggregates over an engine: which call is which operation. */
export function bindStore(engine: Engine): Store {
  let closed: Promise<void> | undefined;
  return {
    accounts: bindAccounts(engine),
    tokens: bindTokens(engine),
    sessions: bindSessions(engine),
    partners: bindPartners(engine),
    destinations: bindDestinations(engine),
    checks: bindChecks(engine),
    sources: bindSources(engine),
    batches: bindBatches(engine),
    loads: bindLoads(engine),
    rejections: bindRejections(engine),
    replays: bindReplays(engine),
    hooks: bindHooks(engine),
    events: { lately: (input) => engine.read(readLately, input) },
    leases: bindLeases(engine),
    idempotency: bindIdempotency(engine),
    keyring: bindKeyring(engine),
    spool: createSpool(engine),
    ...(engine.lastCommit && { lastCommit: engine.lastCommit }),
    ping: () => engine.ping(),
    subscribe: (topic, listener) => engine.subscribe(topic, listener),
    failed: engine.failed,
    [Symbol.asyncDispose]() {
      closed ??= Promise.resolve(engine[Symbol.asyncDispose]());
      return closed;
    },
  };
}

const bindAccounts = ({ read, write }: Engine): AccountStore => ({
  create: (account) => write('accounts.create', account),
  get: (id) => read(getAccount, id),
  list: (filter) => read(listAccounts, filter),
  setSuspended: (id, suspended) => write('accounts.suspend', { id, suspended }),
  setQuota: (id, quota) => write('accounts.quota', { id, quota }),
  delete: (id) => write('accounts.delete', id),
  sshKey: (id) => read(sshKeyOfAccount, id),
});

const bindTokens = ({ read, write }: Engine): TokenStore => ({
  create: (accountId, token) => write('tokens.create', { accountId, token }),
  find: (hash) => read(findToken, hash),
  createImport: (accountId, sourceId, token) => write('tokens.createImport', { accountId, sourceId, token }),
  listImport: (accountId, sourceId) => read(listImportTokens, { accountId, sourceId }),
  list: (accountId) => read(listTokens, accountId),
  revoke: (accountId, tokenId) => write('tokens.revoke', { accountId, tokenId }),
});

const bindSessions = ({ read, write }: Engine): SessionStore => ({
  open: (session) => write('sessions.open', session),
  exchange: (exchange) => write('sessions.exchange', exchange),
  find: (hash) => read(findSession, hash),
  end: (hash) => write('sessions.end', hash),
});

const bindPartners = ({ read, write }: Engine): PartnerStore => ({
  put: (partner) => write('partners.put', partner),
  find: (id) => read(findPartner, id),
  list: () => read(listPartners, undefined),
  brand: (id, change) => write('partners.brand', { id, change }),
  branding: (id) => read(brandingOf, id),
  logo: (id) => read(logoOf, id),
  remove: (id) => write('partners.remove', id),
});

const bindDestinations = ({ read, write }: Engine): DestinationStore => ({
  create: (input) => write('destinations.create', input),
  get: (accountId, id) => read(getDestination, { accountId, id }),
  list: (accountId) => read(listDestinations, accountId),
  isTaken: (id) => read(isIdTaken, { table: 'destinations', id }),
  secrets: (accountId, id) => read(destinationSecrets, { accountId, id }),
  update: (input) => write('destinations.update', input),
  delete: (input) => write('destinations.delete', input),
  history: (accountId, id, limit) => read(destinationHistory, { accountId, id, limit }),
  hostKeys: (accountId, id) => read(listHostKeys, { accountId, id }),
  acceptHostKey: (input) => write('destinations.acceptHostKey', input),
  sealedWithOther: (keyId, limit) => read(sealedWithOther, { keyId, limit }),
  reseal: (input) => write('destinations.reseal', input),
});

const bindChecks = ({ read, write }: Engine): CheckStore => ({
  request: (accountId, destinationId, check) => write('checks.request', { accountId, destinationId, check }),
  probe: (input) => write('checks.probe', input),
  claim: (input) => write('checks.claim', input),
  heartbeat: (input) => write('checks.heartbeat', input),
  complete: (input) => write('checks.complete', input),
  overtaken: (owner) => read(overtakenChecks, owner),
  release: (input) => write('checks.release', input),
  get: (accountId, name) => read(getCheck, { accountId, name }),
  list: (accountId, destinationId, limit) => read(listChecks, { accountId, destinationId, limit }),
  record: (accountId, destinationId, revision, result) =>
    write('checks.record', { accountId, destinationId, revision, result }),
  spend: (accountId, defaultPerMinute) => write('checks.spend', { accountId, defaultPerMinute }),
});

const bindLeases = ({ write }: Engine): LeaseStore => ({
  acquire: (name, owner, milliseconds) => write('leases.acquire', { name, owner, milliseconds }),
  renew: (name, owner, fence, milliseconds) => write('leases.renew', { name, owner, fence, milliseconds }),
  release: (name, owner, fence) => write('leases.release', { name, owner, fence }),
});

const bindIdempotency = ({ write }: Engine): IdempotencyStore => ({
  begin: (accountId, keyHash, bodyHash) => write('idempotency.begin', { accountId, keyHash, bodyHash }),
  finish: (accountId, keyHash, answer) => write('idempotency.finish', { accountId, keyHash, answer }),
  abandon: (accountId, keyHash) => write('idempotency.abandon', { accountId, keyHash }),
});

const bindKeyring = ({ read, write }: Engine): KeyringStore => ({
  read: () => read(readKeyring, undefined),
  initialize: (keyring) => write('keyring.initialize', keyring),
  replace: (keyring, expectedVersion) => write('keyring.replace', { keyring, expectedVersion }),
});
