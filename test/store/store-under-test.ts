import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../src/lib/clock.ts';
import type { Account } from '../../src/model/account.ts';
import type { Destination } from '../../src/model/destination.ts';
import type {
  ClaimInput,
  CompletedCheck,
  DestinationUpdate,
  NewAccount,
  NewDestination,
  NewTokenValue,
  Store,
} from '../../src/store/store.ts';

/** What a contract needs of the engine it runs on. */
export interface StoreUnderTest {
  /** One store for tests that mind their own account only. */
  store(): Store;
  /** A database of the test's own. */
  fresh(options?: { clock?: Clock }): Promise<FreshStore>;
}

export interface FreshStore extends AsyncDisposable {
  readonly store: Store;
  /** Another store on the same database, as another process would open it. */
  another(): Promise<Store>;
  /** Runs SQL behind the store's back. */
  sql(text: string): Promise<void>;
  /** Changes one bit in the middle of a column of bytes. */
  flipBit(table: string, column: string, where: string): Promise<void>;
}

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

export const aToken = (parts: Partial<NewTokenValue> = {}): NewTokenValue => ({
  kind: 'access',
  hash: hex(32),
  hint: 'wxyz',
  name: null,
  ...parts,
});

export const anAccount = (parts: Partial<NewAccount> = {}): NewAccount => ({
  id: null,
  uid: hex(16),
  company: 'Example',
  email: `${hex(8)}@example.com`,
  firstName: 'Ada',
  lastName: 'Example',
  region: 'us-east-1',
  partnerId: null,
  sshPublicKey: 'ssh-ed25519 AAAA',
  sealedSshPrivateKey: 'sealed',
  token: null,
  ...parts,
});

export const aDestination = (account: Account, parts: Partial<NewDestination> = {}): NewDestination => ({
  accountId: account.id,
  id: null,
  uid: hex(16),
  type: 'postgres',
  name: 'Warehouse',
  description: null,
  properties: { host: 'db.example.com', port: '5432' },
  sealed: { password: 'sealed-password' },
  actor: 'cli',
  changes: [],
  notes: [],
  check: { uuid: randomUUID(), origin: 'saved' },
  proof: null,
  ...parts,
});

export const anUpdate = (of: Destination, parts: Partial<DestinationUpdate> = {}): DestinationUpdate => ({
  accountId: of.accountId,
  id: of.id,
  expectedRevision: of.revision,
  changed: true,
  name: of.name,
  description: of.description,
  properties: of.properties,
  sealed: {},
  droppedCredentials: [],
  keepHostKeys: [],
  actor: 'cli',
  changes: [],
  notes: [],
  check: { uuid: randomUUID(), origin: 'saved' },
  proof: null,
  ...parts,
});

export const aResult = (parts: Partial<CompletedCheck> = {}): CompletedCheck => ({
  uuid: randomUUID(),
  origin: 'saved',
  startedAt: 1_000,
  completedAt: 2_000,
  failed: false,
  refused: false,
  steps: [
    { name: 'connect', status: 'passed', milliseconds: 3, message: 'Connected.', remedy: null, code: null },
  ],
  error: null,
  hostKeys: [],
  ...parts,
});

export const aFailure = (parts: Partial<CompletedCheck> = {}): CompletedCheck =>
  aResult({ failed: true, error: 'The port is closed. Open it.', ...parts });

export const aClaim = (parts: Partial<ClaimInput> = {}): ClaimInput => ({
  owner: 'one',
  limit: 10,
  leaseMilliseconds: 60_000,
  defaultPerMinute: 100,
  ...parts,
});

/** Account with one destination, whose first check waits. */
export async function withDestination(store: Store): Promise<{ account: Account; destination: Destination }> {
  const account = await store.accounts.create(anAccount());
  return { account, destination: await store.destinations.create(aDestination(account)) };
}

/** A clock that stands still until it is told to go on. */
export function handClock(): Clock & { forward(milliseconds: number): void } {
  let time = 1_700_000_000_000;
  return {
    now: () => time,
    monotonic: () => time,
    forward(milliseconds) {
      time += milliseconds;
    },
  };
}

/** The value, where a test knows that there is one. */
export function required<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('something is missing that the test relies on');
  return value;
}
