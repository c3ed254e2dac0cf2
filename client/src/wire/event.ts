import type { CheckStep, ConnectionCheckWithSteps } from './check.ts';
import type { DestinationChange } from './destination.ts';
import type { Timestamp } from './json.ts';
import type { SchemaChange } from './load.ts';
import type { LoadedTable } from './source.ts';

/** Something that happened in the account, as `GET /v4/events` tells it. */
export type AccountEvent =
  | CheckStepEvent
  | CheckCompletedEvent
  | LoadPlannedEvent
  | LoadLoadedEvent
  | LoadFailedEvent
  | RecordsRejectedEvent
  | TableChangedEvent
  | DestinationChangedEvent;

interface Told<Type extends string> {
  readonly type: Type;
  readonly at: Timestamp;
}

interface OfTable {
  readonly source_id: number;
  readonly source_name: string;
  /** As it was sent. */
  readonly table_name: string;
}

/** A step of a check has begun or ended. */
export interface CheckStepEvent extends Told<'check.step'> {
  /** Null for settings that belong to no destination yet. */
  readonly destination_id: number | null;
  readonly check_name: string;
  readonly step_name: string;
  /** Null: it has begun. */
  readonly step: CheckStep | null;
}

export interface CheckCompletedEvent extends Told<'check.completed'> {
  readonly destination_id: number | null;
  readonly check: ConnectionCheckWithSteps;
}

/** Batches are on their way into their table. */
export interface LoadPlannedEvent extends Told<'load.planned'>, OfTable {
  readonly destination_id: number;
  readonly load_id: string;
  readonly batches: number;
  readonly bytes: number;
}

export interface LoadLoadedEvent extends Told<'load.loaded'>, OfTable {
  readonly destination_id: number;
  readonly load_id: string;
  readonly batches: number;
  readonly rows_loaded: number;
  readonly rows_rejected: number;
  readonly dropped_as_older: number;
  readonly tables: readonly LoadedTable[];
}

/** The destination failed; the load is repeated. */
export interface LoadFailedEvent extends Told<'load.failed'>, OfTable {
  readonly message: string;
  readonly remedy: string;
  readonly code: string | null;
  /** It waits for somebody to act. */
  readonly blocked: boolean;
  readonly retry_at: Timestamp | null;
}

/** What one load rejected of one batch, or a part of it. */
export interface RecordsRejectedEvent extends Told<'records.rejected'>, OfTable {
  readonly load_id: string;
  readonly batch_id: string;
  readonly records: number;
  /** Values that were left out of records that were loaded. */
  readonly values: number;
  /** Of the first one. */
  readonly reason: string;
}

export interface TableChangedEvent extends Told<'table.changed'> {
  readonly change: SchemaChange;
}

export interface DestinationChangedEvent extends Told<'destination.changed' | 'destination.deleted'> {
  readonly destination_id: number;
  readonly action: DestinationChange['action'];
  readonly revision: number;
  readonly actor: string;
  /** Names of the properties that changed; never their values. */
  readonly properties: readonly string[];
}

/** Events are missing before this: what is shown has to be read anew. */
export interface ResetEvent {
  readonly type: 'reset';
  /** `too_old`: more happened since the last event than is told again. `too_many`: more at once than is told. */
  readonly reason: 'too_old' | 'too_many';
}

/** The stream ends. `slow`: its reader did not keep up. `signed_out`: its credentials do not work any more. */
export interface EndEvent {
  readonly type: 'end';
  readonly reason: 'slow' | 'signed_out' | 'server_stops';
}
