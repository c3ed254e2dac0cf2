import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { assert } from '../errors/bug.ts';
import { randomId } from '../lib/random-id.ts';
import type { Source } from '../model/source.ts';
import type { NewBatch } from '../store/load-store.ts';
import type { PackedBody } from '../store/packed-body.ts';
import type { Store } from '../store/store.ts';
import { createByteBudget } from './byte-budget.ts';
import { createDiskRoom } from './disk-room.ts';
import type { ExaminedBody, UnexaminedBody } from './examine-body.ts';
import { createExaminer, type ExaminerOptions } from './examiner.ts';
import type { Acceptance, Intake } from './intake.ts';
import { joinBodies } from './join-bodies.ts';
import { maxBodyBytes } from './limits.ts';
import type { OnInvalid } from './message.ts';

export interface IntakeParts {
  readonly store: Pick<Store, 'batches'>;
  /** Of an embedded store; null or left out: the store is elsewhere. */
  readonly folder?: string | null;
  readonly options?: Partial<IntakeOptions>;
}

export interface IntakeOptions extends ExaminerOptions {
  /** Bytes of all bodies in flight, after inflation. */
  readonly bytesInFlight: number;
  /** How long a request waits for room before it is refused. */
  readonly roomMilliseconds: number;
  /** How many bytes of a body have to come each second, after `graceMilliseconds`, where others wait for room. */
  readonly paceBytes: number;
  readonly graceMilliseconds: number;
  /** Raw bytes that may wait to be loaded. */
  readonly accountBacklogBytes: number;
  readonly totalBacklogBytes: number;
}

const defaultIntakeOptions: IntakeOptions = {
  bytesInFlight: 64 * 1024 * 1024,
  roomMilliseconds: 5_000,
  paceBytes: 256 * 1024,
  graceMilliseconds: 2_000,
  accountBacklogBytes: 10 * 1024 ** 3,
  totalBacklogBytes: 40 * 1024 ** 3,
  schemaCharacters: 4_000_000,
  threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
  smallBytes: 16 * 1024,
  largeBytes: 2 * 1024 * 1024,
  idleMilliseconds: 30_000,
};

/** Of the bytes in flight: what one account may hold. Two bodies of the largest size. */
const accountShare = 2 / 3;

export function createIntake({ store, folder = null, options: given }: IntakeParts): Intake {
  const options = { ...defaultIntakeOptions, ...given };
  const { bytesInFlight: bytes, roomMilliseconds: waitMilliseconds } = options;
  const accountBytes = Math.min(bytes, Math.max(maxBodyBytes, Math.floor(bytes * accountShare)));
  const room = createByteBudget({ ...options, bytes, accountBytes, waitMilliseconds });
  const storeJoined = joinBodies(store.batches.appendAll);
  const requireDiskRoom = createDiskRoom(folder);
  const examiner = createExaminer(options);
  const budget = { accountBytes: options.accountBacklogBytes, totalBytes: options.totalBacklogBytes };

  const examine = async (
    { source, format, body, clientId, onInvalid }: Parameters<Intake['validate']>[0],
    wanted: Pick<UnexaminedBody, 'isHashed' | 'kept'>,
  ): Promise<ExaminedBody> => {
    const rules = { clientId, onInvalid: onInvalid ?? invalidRecordsOf(source) };
    return await examiner.examine({ format, bytes: body, ...rules, ...wanted }, source.accountId);
  };

  async function append(entries: readonly Entry[]): Promise<Acceptance> {
    const [only] = entries;
    // Those that were kept as they came are small, and have no idempotency key.
    if (only && entries.length === 1 && only.rejected === 0 && only.body instanceof Uint8Array) {
      const { id } = await storeJoined({ ...only, bytes: only.body });
      return { outcome: 'accepted', batches: [{ ...toAccepted(only), id }] };
    }
    const outcome = await store.batches.appendAll(entries);
    return { outcome, batches: outcome === 'accepted' ? entries.map(toAccepted) : [] };
  }

  return {
    reserve: (wanted, accountId) => room.reserve(wanted, accountId),
    get bytesInFlight() {
      return room.taken;
    },
    async validate(submission) {
      await examine(submission, { isHashed: false, kept: null });
    },
    async accept(submission) {
      const { source, format, idempotencyKey } = submission;
      await requireDiskRoom(submission.body.byteLength);
      const isSmall = submission.body.byteLength < options.smallBytes && idempotencyKey === null;
      const { parts, hash } = await examine(submission, {
        isHashed: idempotencyKey !== null,
        kept: isSmall ? 'raw' : 'packed',
      });
      const entries = parts.map(({ table, keyNames, records, rejected, tableVersion, body }) => {
        assert(body, 'a body that is to be stored was not kept');
        const batch: NewBatch = {
          id: randomId(),
          accountId: source.accountId,
          sourceId: source.id,
          table,
          format,
          records,
          rejected,
          loadGroup: JSON.stringify(keyNames),
          idempotency: idempotencyOf(idempotencyKey, hash),
          budget,
        };
        return { batch, body, rejected, tableVersion };
      });
      return await append(entries);
    },
    [Symbol.asyncDispose]: () => examiner[Symbol.asyncDispose](),
  };
}

interface Entry {
  readonly batch: NewBatch;
  readonly body: PackedBody | Uint8Array;
  readonly rejected: number;
  readonly tableVersion: string | null;
}

const toAccepted = ({ batch, rejected }: Entry): Acceptance['batches'][number] => ({
  id: batch.id,
  table: batch.table,
  records: batch.records,
  rejected,
});

/** `on_invalid` of the source; anything but `reject` is the contract. */
const invalidRecordsOf = ({ properties }: Source): OnInvalid =>
  properties.on_invalid === 'reject' ? 'reject' : 'refuse';

const idempotencyOf = (key: string | null, bodyHash: string | null): NewBatch['idempotency'] =>
  key === null || bodyHash === null
    ? null
    : { keyHash: createHash('sha256').update(key).digest('hex'), bodyHash };
