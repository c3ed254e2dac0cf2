import type { JsonObject } from '../../lib/json.ts';
import {
  anyProperties,
  flag,
  listOf,
  nothing,
  number,
  object,
  oneOf,
  open,
  orNull,
  ref,
  text,
  time,
} from './schema-words.ts';

const importReportCard = {
  type: { const: 'import_api' },
  current_step: { type: 'integer', minimum: 1, maximum: 2 },
  current_step_type: oneOf('form', 'fully_configured'),
  steps: listOf(ref('ReportCardStep')),
} satisfies Record<string, JsonObject>;

/** Shapes of records coming in: sources, what they send, and how it was loaded. */
export const recordSchemas = {
  Source: object({
    id: number,
    stitch_client_id: number,
    type: { const: 'import_api' },
    display_name: text,
    name: { type: 'string', description: 'The schema in the destination.' },
    properties: anyProperties('`on_invalid`, where it was given.', text),
    schedule: nothing,
    check_job_name: nothing,
    destination_id: orNull(number),
    paused_at: orNull(time),
    system_paused_at: orNull(time),
    created_at: time,
    updated_at: time,
    deleted_at: orNull(time),
    report_card: object(importReportCard),
  }),
  CreateSourceRequest: object(
    {
      type: { const: 'import_api' },
      display_name: { type: 'string', minLength: 1, maxLength: 255 },
      properties: object({ on_invalid: oneOf('refuse', 'reject') }, ['on_invalid']),
      destination_id: orNull(number),
    },
    ['properties', 'destination_id'],
  ),
  UpdateSourceRequest: object(
    {
      display_name: { type: 'string', minLength: 1, maxLength: 255 },
      properties: object({ on_invalid: orNull(oneOf('refuse', 'reject')) }, ['on_invalid']),
      paused_at: orNull({ type: 'string', format: 'date-time' }),
      destination_id: orNull(number),
    },
    ['display_name', 'properties', 'paused_at', 'destination_id'],
  ),
  SourceTypeReportCard: object({
    ...importReportCard,
    details: object({
      pricing_tier: text,
      pipeline_state: text,
      default_start_date: text,
      default_scheduling_interval: number,
      protocol: text,
      access: flag,
    }),
  }),
  Batch: object({
    id: text,
    table_name: text,
    state: oneOf('ready', 'loading', 'blocked', 'quarantined', 'loaded'),
    records: number,
    bytes: number,
    received_at: time,
    age_seconds: number,
    waits_for: orNull(object({ code: text, message: text })),
    last_error: orNull(text),
    last_error_details: orNull(
      object({
        message: text,
        remedy: orNull(text),
        code: orNull(text),
        since: orNull(time),
        retry_at: orNull(time),
      }),
    ),
    load: orNull(
      object({
        id: text,
        completed_at: time,
        rows_loaded: number,
        rows_rejected: number,
        dropped_as_older: number,
        tables: listOf(
          object({
            table_name: text,
            destination_table_name: text,
            rows_loaded: number,
            rows_rejected: number,
            dropped_as_older: number,
            warning: orNull(text),
          }),
        ),
      }),
    ),
  }),
  Load: object({
    stitch_client_id: number,
    source_name: text,
    stream_name: text,
    last_batch_loaded_at: orNull(time),
    error_state: orNull(
      object({
        notification_data: open({ message: text, error: text, status: text, action: text }),
        exception_chain: listOf(
          object({ class: text, message: text, chain_sequence_num: number, action: text }),
        ),
      }),
    ),
  }),
  LoadPage: object({
    data: listOf(ref('Load')),
    page: number,
    total: number,
    links: object({ next: text, previous: text }, ['next', 'previous']),
  }),
  BatchRequest: object(
    {
      table_name: text,
      schema: { type: 'object', description: 'JSON Schema of `data`, draft 4.' },
      messages: { type: 'array', minItems: 1, maxItems: 20_000, items: ref('BatchMessage') },
      key_names: listOf(text),
      table_version: number,
      bookmark_names: listOf(text),
    },
    ['key_names', 'table_version', 'bookmark_names'],
  ),
  BatchMessage: object(
    {
      action: oneOf('upsert', 'activate_version', 'switch_view'),
      sequence: { type: 'integer', description: 'At most 9223372036854775807.' },
      data: { type: 'object', description: 'The record; with `upsert` only.' },
      time_extracted: text,
      vintage: {},
      namespace: {},
    },
    ['data', 'time_extracted', 'vintage', 'namespace'],
  ),
  PushRecord: open({
    client_id: { type: 'integer', description: 'Id of the account.' },
    table_name: text,
    sequence: number,
    action: text,
    key_names: listOf(text),
    data: { type: 'object' },
  }),
  ImportStatus: object({ status: text, message: text }),
  PipelineStatus: object({
    name: text,
    version: text,
    revision: text,
    status: oneOf('OK', 'ERROR'),
    reason: orNull(text),
  }),
  ImportError: {
    type: 'object',
    description: 'At least one of `error` and `message`.',
    properties: { status: text, message: text, error: text, errors: {}, input: nothing },
  },
} satisfies Record<string, JsonObject>;
