import type { JsonObject } from '../../lib/json.ts';
import { flag, listOf, number, object, oneOf, orNull, ref, text, time } from './schema-words.ts';

const ofTable = { source_id: number, source_name: text, table_name: text };
const loadedTables = listOf(
  object({
    table_name: text,
    destination_table_name: text,
    rows_loaded: number,
    rows_rejected: number,
    dropped_as_older: number,
    warning: orNull(text),
  }),
);
const told = (type: string, facts: Record<string, JsonObject>): JsonObject =>
  object({ type: { const: type }, at: time, ...facts });

/** What stands in `data` of the events of a stream. */
export const eventSchemas = {
  EventStream: {
    type: 'string',
    description: 'Server-Sent Events. The `data` of each is one of these, as JSON.',
    contentMediaType: 'text/event-stream',
    contentSchema: { anyOf: ['AccountEvent', 'ResetEvent', 'EndEvent'].map(ref) },
  },
  AccountEvent: {
    anyOf: [
      told('check.step', {
        destination_id: orNull(number),
        check_name: text,
        step_name: text,
        step: orNull(ref('CheckStep')),
      }),
      told('check.completed', { destination_id: orNull(number), check: ref('ConnectionCheckWithSteps') }),
      told('load.planned', {
        ...ofTable,
        destination_id: number,
        load_id: text,
        batches: number,
        bytes: number,
      }),
      told('load.loaded', {
        ...ofTable,
        destination_id: number,
        load_id: text,
        batches: number,
        rows_loaded: number,
        rows_rejected: number,
        dropped_as_older: number,
        tables: loadedTables,
      }),
      told('load.failed', {
        ...ofTable,
        message: text,
        remedy: text,
        code: orNull(text),
        blocked: flag,
        retry_at: orNull(time),
      }),
      told('records.rejected', {
        ...ofTable,
        load_id: text,
        batch_id: text,
        records: number,
        values: number,
        reason: text,
      }),
      told('table.changed', { change: ref('SchemaChange') }),
      ...['destination.changed', 'destination.deleted'].map((type) =>
        told(type, {
          destination_id: number,
          action: oneOf('created', 'updated', 'deleted', 'ssh_host_key_accepted'),
          revision: number,
          actor: text,
          properties: listOf(text),
        }),
      ),
    ],
  },
  ResetEvent: object({ type: { const: 'reset' }, reason: oneOf('too_old', 'too_many') }),
  EndEvent: object({ type: { const: 'end' }, reason: oneOf('slow', 'signed_out', 'server_stops') }),
} satisfies Record<string, JsonObject>;
