import { createHash, randomBytes } from 'node:crypto';
import { Failure } from '../errors/failure.ts';
import type { Source } from '../model/source.ts';
import type { NewBatch } from '../store/load-store.ts';
import type { Store } from '../store/store.ts';
import { createByteBudget } from './byte-budget.ts';
import type { Acceptance, Intake, Submission } from './intake.ts';
import { maxBodyBytes } from './limits.ts';
import type { OnInvalid } from './message.ts';
import { parseBatch } from './parse-batch.ts';
import { type PushedTable, parsePush } from './parse-push.ts';
import { renderPush } from './render-push.ts';
import { createSchemaCache } from './validate-record.ts';

export interface IntakeParts {
  readonly store: Pick<Store, 'batches'>;
  readonly options?: Partial<IntakeOptions>;
}

export interface IntakeOptions {
  /** Bytes of all bodies in flight, after inflation. */
  readonly bytesInFlight: number;
  /** How long a request waits for room before it is refused. */
  readonly roomMilliseconds: number;
  /** Raw bytes that may wait to be loaded. */
  readonly accountBacklogBytes: number;
  readonly totalBacklogBytes: number;
  /** Of schemas that are kept compiled. */
  readonly schemaCharacters: number;
}

const defaultIntakeOptions: IntakeOptions = {
  bytesInFlight: 64 * 1024 * 1024,
  roomMilliseconds: 5_000,
  accountBacklogBytes: 10 * 1024 ** 3,
  totalBacklogBytes: 40 * 1024 ** 3,
  schemaCharacters: 4_000_000,
};

/** What of a body becomes one batch. */
interface Part {
  readonly table: string;
  readonly keyNames: readonly string[];
  readonly records: number;
  readonly rejected: number;
  readonly body: Uint8Array;
}

export function createIntake({ store, options: given }: IntakeParts): Intake {
  const options = { ...defaultIntakeOptions, ...given };
  const compileSchema = createSchemaCache({ maxCharacters: options.schemaCharacters });
  const room = createByteBudget({ bytes: options.bytesInFlight, waitMilliseconds: options.roomMilliseconds });
  const budget = { accountBytes: options.accountBacklogBytes, totalBytes: options.totalBacklogBytes };

  function partsOf({ source, format, body, clientId, ...asked }: Parameters<Intake['validate']>[0]): Part[] {
    const onInvalid = asked.onInvalid ?? invalidRecordsOf(source);
    if (body.byteLength > maxBodyBytes)
      throw new Failure(
        'PayloadTooLarge',
        `The body has ${body.byteLength} bytes, more than ${maxBodyBytes}.`,
      );
    if (format === 'batch') {
      const { tableName, keyNames, messages, rejected } = parseBatch(body, { onInvalid, compileSchema });
      const records = messages.length + rejected.length;
      return [{ table: tableName, keyNames, records, rejected: rejected.length, body }];
    }
    const notation = format === 'push' ? 'json' : 'transit';
    const tables = parsePush(body, { format: notation, clientId, onInvalid });
    return tables.map((table) => ({
      table: table.tableName,
      keyNames: table.keyNames,
      records: table.messages.length + table.rejected.length,
      rejected: table.rejected.length,
      body: tables.length === 1 ? body : renderPush(withKeys(table, tables), notation, clientId),
    }));
  }

  return {
    reserve: (bytes) => room.reserve(bytes),
    get bytesInFlight() {
      return room.taken;
    },
    validate(submission) {
      partsOf(submission);
    },
    async accept(submission) {
      const { source, format } = submission;
      const entries = partsOf(submission).map(({ table, keyNames, records, rejected, body }) => {
        const batch: NewBatch = {
          id: randomBytes(16).toString('hex'),
          accountId: source.accountId,
          sourceId: source.id,
          table,
          format,
          records,
          loadGroup: JSON.stringify(keyNames),
          idempotency: idempotencyOf(submission),
          budget,
        };
        return { batch, body, rejected };
      });
      const outcome = await store.batches.appendAll(entries);
      return {
        outcome,
        batches: outcome === 'accepted' ? entries.map(toAccepted) : [],
      };
    },
  };
}

const toAccepted = (entry: {
  readonly batch: NewBatch;
  readonly rejected: number;
}): Acceptance['batches'][number] => {
  const { id, table, records } = entry.batch;
  return { id, table, records, rejected: entry.rejected };
};

/** `on_invalid` of the source; anything but `reject` is the contract. */
const invalidRecordsOf = ({ properties }: Source): OnInvalid =>
  properties.on_invalid === 'reject' ? 'reject' : 'refuse';

/** Activations alone name no keys: they go with the records of their table. */
const withKeys = (table: PushedTable, tables: readonly PushedTable[]): PushedTable => {
  const keyed = tables.find(
    ({ tableName, keyNames }) => tableName === table.tableName && keyNames.length > 0,
  );
  return table.keyNames.length > 0 || !keyed ? table : { ...table, keyNames: keyed.keyNames };
};

function idempotencyOf({ idempotencyKey, format, body }: Submission): NewBatch['idempotency'] {
  if (idempotencyKey === null) return null;
  const bodyHash = createHash('sha256').update(`${format}\n`).update(body).digest('hex');
  return { keyHash: createHash('sha256').update(idempotencyKey).digest('hex'), bodyHash };
}
