import type { Check, CheckStep } from './check.ts';
import type { Change } from './destination.ts';
import type { SchemaChange, TableResult } from './load-result.ts';
import type { StreamError } from './source.ts';

/** Something that happened in an account, as those who watch it are told. */
export type AccountEvent = EventFacts & {
  /**
   * The same wherever it is told, so that whoever hears it twice knows. Begins with its time; printable ASCII without
   * spaces.
   */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
};

type EventFacts =
  | { readonly type: 'check.step'; readonly step: StepOfCheck }
  | { readonly type: 'check.completed'; readonly check: Check }
  | { readonly type: 'load.planned'; readonly load: EventLoad }
  | { readonly type: 'load.loaded'; readonly load: EventLoad & LoadedFacts }
  | { readonly type: 'load.failed'; readonly failure: FailureFacts }
  | { readonly type: 'records.rejected'; readonly rejected: RejectedFacts }
  | { readonly type: 'table.changed'; readonly change: TableChangeFacts }
  | { readonly type: 'destination.changed' | 'destination.deleted'; readonly change: DestinationFacts };

export interface StepOfCheck {
  readonly checkName: string;
  /** Null for a check of settings that belong to no destination yet. */
  readonly destinationId: number | null;
  readonly name: string;
  /** Null: it has just begun. */
  readonly ended: CheckStep | null;
}

interface OfTable {
  readonly sourceId: number;
  readonly sourceName: string;
  readonly table: string;
}

export interface EventLoad extends OfTable {
  readonly loadId: string;
  readonly destinationId: number;
  readonly batchedAt: number;
  readonly batches: number;
  readonly bytes: number;
}

export interface LoadedFacts {
  readonly completedAt: number;
  readonly rowsLoaded: number;
  readonly rowsRejected: number;
  readonly droppedAsOlder: number;
  readonly tables: readonly TableResult[];
}

interface FailureFacts extends OfTable {
  readonly error: StreamError;
  readonly blocked: boolean;
  readonly retryAt: number | null;
}

interface RejectedFacts extends OfTable {
  readonly loadId: string;
  readonly batchId: string;
  readonly records: number;
  readonly values: number;
  readonly reason: string;
}

interface TableChangeFacts extends SchemaChange {
  readonly sourceId: number;
  readonly sourceName: string;
  readonly destinationId: number;
  readonly loadId: string;
  readonly changedAt: number;
}

interface DestinationFacts extends Pick<Change, 'revision' | 'actor' | 'action'> {
  readonly destinationId: number;
  /** Names of the properties that changed; credentials too, never their values. */
  readonly properties: readonly string[];
}
