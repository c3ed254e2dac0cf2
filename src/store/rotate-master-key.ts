import { randomUUID } from 'node:crypto';
import { Failure } from '../errors/failure.ts';
import { adoptNextKey, type MasterKey, stageNextKey } from './master-key-file.ts';
import type { Store } from './store.ts';
import type { Vault } from './vault.ts';

const lease = 'rotate-master-key';
const leaseMilliseconds = 60_000;

interface MasterKeyRotation {
  readonly store: Pick<Store, 'leases'>;
  readonly vault: Pick<Vault, 'rotateMasterKey'>;
  readonly newKey: MasterKey;
  /** Where the key file is; null when the operator keeps the key elsewhere and has put the new one there already. */
  readonly folder: string | null;
  /** For tests: called before each step, and at the end. */
  readonly beforeStep?: (step: RotationStep) => void | Promise<void>;
}

/** In this order; `end` is after the last one. */
export const rotationSteps = ['stage', 'replace', 'adopt', 'end'] as const;
type RotationStep = (typeof rotationSteps)[number];

/**
 * Replaces the master key. Interrupted at any point, the next start finds the right one of the two keys (see
 * {@link findMasterKey}). Servers that run go on with the data keys they hold.
 * @throws {Failure} Overloaded while another rotation is under way.
 */
export async function rotateMasterKey(rotation: MasterKeyRotation): Promise<void> {
  const { leases } = rotation.store;
  const owner = randomUUID();
  const held = await leases.acquire(lease, owner, leaseMilliseconds);
  if (held === null) {
    throw new Failure('Overloaded', 'Another rotation of the master key is under way.', {
      remedy: 'Try again in a minute; a rotation that was interrupted gives way by then.',
    });
  }
  try {
    await rotate(rotation);
  } finally {
    await leases.release(lease, owner, held.fence);
  }
}

async function rotate({ vault, newKey, folder, beforeStep }: MasterKeyRotation): Promise<void> {
  await beforeStep?.('stage');
  if (folder !== null) stageNextKey(folder, newKey);
  await beforeStep?.('replace');
  // When this fails it may still have been done: the staged key stays, and the next start decides.
  await vault.rotateMasterKey(newKey);
  await beforeStep?.('adopt');
  if (folder !== null) adoptNextKey(folder);
  await beforeStep?.('end');
}
