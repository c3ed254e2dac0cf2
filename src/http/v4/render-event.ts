import type * as wire from '@backstitch/client';
import type { AccountEvent } from '../../model/event.ts';
import { renderTimestamp, renderTimestampOrNull } from '../../model/timestamp.ts';
import { renderLoadedTable } from './render-batch.ts';
import { renderCheckWithSteps, renderStep } from './render-check.ts';
import { renderSchemaChange } from './render-schema-change.ts';

export function renderEvent(event: AccountEvent): wire.AccountEvent {
  const at = renderTimestamp(event.at);
  switch (event.type) {
    case 'check.step': {
      const { checkName, destinationId, name, ended } = event.step;
      return {
        type: event.type,
        at,
        destination_id: destinationId,
        check_name: checkName,
        step_name: name,
        step: ended && renderStep(ended),
      };
    }
    case 'check.completed': {
      const { check } = event;
      return {
        type: event.type,
        at,
        destination_id: check.destinationId,
        check: renderCheckWithSteps(check),
      };
    }
    case 'load.planned': {
      const { load } = event;
      return {
        type: event.type,
        at,
        ...renderTable(load),
        destination_id: load.destinationId,
        load_id: load.loadId,
        batches: load.batches,
        bytes: load.bytes,
      };
    }
    case 'load.loaded': {
      const { load } = event;
      return {
        type: event.type,
        at,
        ...renderTable(load),
        destination_id: load.destinationId,
        load_id: load.loadId,
        batches: load.batches,
        rows_loaded: load.rowsLoaded,
        rows_rejected: load.rowsRejected,
        dropped_as_older: load.droppedAsOlder,
        tables: load.tables.map(renderLoadedTable),
      };
    }
    case 'load.failed': {
      const { failure } = event;
      const { message, remedy, code } = failure.error;
      return {
        type: event.type,
        at,
        ...renderTable(failure),
        message,
        remedy,
        code,
        blocked: failure.blocked,
        retry_at: renderTimestampOrNull(failure.retryAt),
      };
    }
    case 'records.rejected': {
      const { rejected } = event;
      return {
        type: event.type,
        at,
        ...renderTable(rejected),
        load_id: rejected.loadId,
        batch_id: rejected.batchId,
        records: rejected.records,
        values: rejected.values,
        reason: rejected.reason,
      };
    }
    case 'table.changed':
      return { type: event.type, at, change: renderSchemaChange(event.change) };
    case 'destination.changed':
    case 'destination.deleted': {
      const { destinationId, action, revision, actor, properties } = event.change;
      return { type: event.type, at, destination_id: destinationId, action, revision, actor, properties };
    }
  }
}

interface OfTable {
  readonly sourceId: number;
  readonly sourceName: string;
  readonly table: string;
}

const renderTable = ({ sourceId, sourceName, table }: OfTable) => ({
  source_id: sourceId,
  source_name: sourceName,
  table_name: table,
});
