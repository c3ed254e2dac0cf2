import { findType } from '../../destinations/registry.ts';
import { assert } from '../../errors/bug.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Activity } from '../../model/activity.ts';
import type { Check, CheckStep } from '../../model/check.ts';
import type { Destination } from '../../model/destination.ts';
import { renderReportCard, renderTypeReportCard } from '../../model/report-card.ts';
import type { Source, StreamState } from '../../model/source.ts';
import { renderSourceReportCard, renderSourceTypeCard } from '../../model/source-report-card.ts';
import type { BatchState } from '../../store/load-store.ts';
import type { RejectedPart, RejectedTable, ToldChange } from '../../store/rejection-store.ts';
import { renderDestination as renderV3Destination } from '../v3/render-destination.ts';
import { renderActivity } from '../v4/activity.ts';
import { renderForm } from '../v4/destination-forms.ts';
import { renderBatch } from '../v4/render-batch.ts';
import { renderCheck, renderCheckWithSteps } from '../v4/render-check.ts';
import { renderDestination as renderV4Destination } from '../v4/render-destination.ts';
import { renderRejectedTable, renderRejections } from '../v4/render-rejection.ts';
import { renderSchemaChange } from '../v4/render-schema-change.ts';
import { renderSource } from '../v4/render-source.ts';
import { renderStream } from '../v4/render-stream.ts';

/** Examples are what the renderers make of sample values, so that they cannot say anything else than the answers. */
const at = (text: string): number => Date.parse(text);
const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));

const postgres = findType('postgres');
assert(postgres, 'the examples show a destination of the type postgres');

const destination: Destination = {
  id: 86741,
  accountId: 116078,
  uid: '00000000000000000000000000000000',
  type: postgres.type,
  name: 'Analytics',
  description: null,
  revision: 7,
  properties: {
    database: 'analytics',
    encryption_type: 'none',
    host: 'warehouse.example.com',
    port: '5432',
    ssl: 'false',
    username: 'loader',
  },
  credentialNames: ['password'],
  createdAt: at('2018-02-06T15:36:36Z'),
  updatedAt: at('2018-02-06T18:55:43Z'),
  deletedAt: null,
  systemPausedAt: null,
  lastCheck: {
    name: '116078.86741.check.7bc049a4-18cf-41e9-a502-0e61abdd375a',
    revision: 7,
    error: false,
    startedAt: at('2018-02-06T16:15:19Z'),
    completedAt: at('2018-02-06T16:16:21Z'),
  },
  checkJobName: '116078.86741.check.7bc049a4-18cf-41e9-a502-0e61abdd375a',
};

const failedStep: CheckStep = {
  name: 'sign_in',
  status: 'failed',
  milliseconds: 12,
  message: 'The server refused the password of loader.',
  remedy: 'Check username and password, and send both again.',
  code: 'wrong_password',
};

const steps: readonly CheckStep[] = [
  {
    name: 'resolve',
    status: 'passed',
    milliseconds: 3,
    message: 'warehouse.example.com has the address 192.0.2.20.',
    remedy: null,
    code: null,
  },
  failedStep,
];

const check: Check = {
  name: '116078.86741.check.7bc049a4-18cf-41e9-a502-0e61abdd375a',
  accountId: 116078,
  destinationId: 86741,
  revision: 7,
  status: 'failed',
  origin: 'saved',
  createdAt: at('2018-02-06T16:15:19Z'),
  startedAt: at('2018-02-06T16:15:19Z'),
  completedAt: at('2018-02-06T16:16:21Z'),
  steps,
  error: `${failedStep.message} ${failedStep.remedy}`,
  supersededBy: null,
};

const source: Source = {
  id: 126890,
  accountId: 116078,
  type: 'import_api',
  displayName: 'Import API',
  name: 'import_api',
  properties: {},
  destinationId: 86741,
  pausedAt: null,
  systemPausedAt: null,
  createdAt: at('2020-01-02T15:49:27Z'),
  updatedAt: at('2020-01-02T15:49:27Z'),
  deletedAt: null,
  replayOf: null,
};
const later = at('2020-06-23T15:14:59Z');

const stream: StreamState = {
  sourceId: source.id,
  sourceName: source.name,
  table: 'customers',
  lastLoadedAt: later,
  lastAttemptAt: later,
  error: null,
  gap: null,
};

const failedStream: StreamState = {
  ...stream,
  table: 'accounts',
  error: {
    message: 'permission denied for schema import_api',
    remedy: 'Grant CREATE on the schema to loader.',
    code: '42501',
    since: later,
  },
};

const batch: BatchState = {
  id: '5f0c7e0b6a8f4f6cb6a3c1de9a4b2f11',
  table: 'customers',
  state: 'ready',
  records: 2,
  rawBytes: 512,
  receivedAt: later,
  lastError: null,
  waitsFor: null,
  retryAt: null,
  load: null,
};

const rejectedPart: RejectedPart = {
  id: 1,
  table: 'orders',
  batchId: '5f0c7e0b6a8f4f6cb6a3c1de9a4b2f11',
  format: 'batch',
  loadId: '0b1d5b9e0f6a4f7ab4a2f60a1f9c7d33',
  rejectedAt: later,
  retriedAt: null,
  rejections: [{ position: 3, kind: 'record', reason: 'integer 9223372036854775808 is out of range' }],
};

const rejectedTable: RejectedTable = {
  table: 'orders',
  records: 17,
  values: 0,
  firstAt: later,
  lastAt: later,
  reasons: [{ reason: 'integer 9223372036854775808 is out of range', kind: 'record', count: 17 }],
  more: false,
};

const schemaChange: ToldChange = {
  sourceId: source.id,
  sourceName: source.name,
  destinationId: destination.id,
  loadId: rejectedPart.loadId,
  changedAt: later,
  table: 'orders',
  kind: 'column_split',
  before: 'age bigint',
  after: 'age__bi bigint, age__st text',
  dependentViews: ['"public"."adults"'],
};

const activity: Activity = {
  points: [{ at: later, loads: 2, rowsLoaded: 1200, rowsRejected: 17 }],
  tables: [
    {
      sourceId: source.id,
      table: 'orders',
      loads: 2,
      rowsLoaded: 1200,
      rowsRejected: 17,
      lastLoadedAt: later,
      batchesWaiting: 1,
      bytesWaiting: 512,
      waitingSince: later,
      error: null,
    },
  ],
};

export const examples = {
  activity: plain(renderActivity(activity)),
  destinationForm: plain(renderForm(postgres)),
  rejectedTable: plain(renderRejectedTable(rejectedTable)),
  rejectedEntry: plain(renderRejections(rejectedPart)[0] ?? {}),
  schemaChange: plain(renderSchemaChange(schemaChange)),
  source: plain(renderSource(source)),
  deletedSource: plain(renderSource({ ...source, updatedAt: later, deletedAt: later })),
  sourceReportCard: plain(renderSourceReportCard()),
  sourceTypeCard: plain(renderSourceTypeCard()),
  batch: plain(renderBatch(batch, later + 12_000)),
  streams: [failedStream, stream].map((each) => plain(renderStream(source.accountId, each))),
  destinationV3: JSON.parse(renderV3Destination(destination, postgres.form)) as JsonObject,
  destination: JSON.parse(renderV4Destination(destination, postgres.form)) as JsonObject,
  reportCard: plain(renderReportCard(postgres.type, postgres.form, ['host', 'username'])),
  typeReportCard: plain(renderTypeReportCard({ ...postgres, access: true })),
  check: plain(renderCheck(check)),
  checkWithSteps: plain(renderCheckWithSteps(check)),
  failedSteps: plain({ steps }).steps as JsonObject[],
};
