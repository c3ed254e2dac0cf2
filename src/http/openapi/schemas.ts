import type { JsonObject } from '../../lib/json.ts';
import { eventSchemas } from './event-schemas.ts';
import { hookSchemas } from './hook-schemas.ts';
import { recordSchemas } from './record-schemas.ts';
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

const checkProperties = {
  name: text,
  mode: { const: 'check' },
  status: oneOf('running', 'succeeded', 'failed', 'superseded'),
  start_time: time,
  completion_time: orNull(time),
  error: flag,
  check_exit_status: orNull(number),
  discovery_exit_status: orNull(number),
  discovery_error_message: orNull(text),
  tap_exit_status: nothing,
  tap_error_message: nothing,
  target_exit_status: nothing,
  target_error_message: orNull(text),
} satisfies Record<string, JsonObject>;

const reportCardProperties = {
  type: text,
  current_step: { type: 'integer', minimum: 1 },
  current_step_type: oneOf('form', 'oauth', 'fully_configured'),
  steps: listOf(ref('ReportCardStep')),
} satisfies Record<string, JsonObject>;

const account = {
  id: number,
  company: text,
  region: text,
  created_at: time,
} satisfies Record<string, JsonObject>;

/** Every shape on the wire. */
export const schemas = {
  ...recordSchemas,
  ...hookSchemas,
  ...eventSchemas,
  DestinationV3: object({
    id: number,
    type: text,
    created_at: time,
    updated_at: time,
    connection: anyProperties(
      'In natural JSON types and the order of the type. A credential is shown as `**********`; sent back like that it keeps its value.',
      {},
    ),
    last_check: orNull(ref('LastCheck')),
  }),
  LastCheck: object({ error: flag, started_at: time, completed_at: time }),
  DestinationRequestV3: object({
    type: text,
    connection: anyProperties('Properties of the form of this type.', {}),
  }),
  Destination: object({
    id: number,
    stitch_client_id: number,
    type: text,
    name: text,
    description: orNull(text),
    display_name: nothing,
    properties: anyProperties('Values are strings, or objects. Credentials are left out.', {
      anyOf: [{ type: 'string' }, { type: 'object' }],
    }),
    check_job_name: orNull(text),
    paused_at: nothing,
    system_paused_at: orNull(time),
    created_at: time,
    updated_at: time,
    deleted_at: orNull(time),
    report_card: ref('ReportCard'),
  }),
  CreateDestinationRequest: object(
    {
      type: text,
      properties: anyProperties('Properties of the form of this type.', {}),
      name: { type: 'string', minLength: 1, maxLength: 255 },
      description: orNull({ type: 'string', maxLength: 4096 }),
      ignore_unmapped_sources: flag,
    },
    ['name', 'description', 'ignore_unmapped_sources'],
  ),
  UpdateDestinationRequest: object(
    {
      type: { type: 'string', description: 'Must be the type the destination has.' },
      properties: anyProperties('Those that change. null clears an optional one.', {}),
      name: { type: 'string', minLength: 1, maxLength: 255 },
      description: orNull({ type: 'string', maxLength: 4096 }),
    },
    ['type', 'properties', 'name', 'description'],
  ),
  ReportCard: object(reportCardProperties),
  TypeReportCard: object({
    ...reportCardProperties,
    details: object({ pricing_tier: text, pipeline_state: text, protocol: text, access: flag }),
  }),
  ReportCardStep: object({ type: text, properties: listOf(ref('ReportCardProperty')) }),
  ReportCardProperty: object({
    name: text,
    is_required: flag,
    is_credential: flag,
    system_provided: flag,
    property_type: oneOf(
      'user_provided',
      'user_provided_immutable',
      'user_provided_advanced',
      'system_provided_by_default',
      'read_only',
    ),
    json_schema: orNull({ type: 'object' }),
    provided: flag,
  }),
  DestinationForm: object({
    type: text,
    title: text,
    access: flag,
    properties: listOf(
      object({
        name: text,
        help: text,
        kind: oneOf('string', 'lines', 'integer', 'boolean', 'object'),
        default: orNull(text),
        usual: orNull(text),
        generated: flag,
      }),
    ),
  }),
  ConnectionCheck: object(checkProperties),
  ConnectionCheckWithSteps: object({
    ...checkProperties,
    origin: oneOf('saved', 'requested', 'strict', 'unsaved', 'probe'),
    revision: number,
    superseded_by: orNull(text),
    steps: listOf(ref('CheckStep')),
  }),
  CheckStep: object({
    name: text,
    status: oneOf('passed', 'warning', 'failed', 'skipped'),
    milliseconds: { type: 'integer', minimum: 0 },
    message: text,
    remedy: orNull(text),
    code: orNull(text),
  }),
  TryOutRequest: object({ properties: anyProperties('All properties, credentials included.', {}) }),
  TryOutResult: object({
    status: oneOf('succeeded', 'failed'),
    error: flag,
    steps: listOf(ref('CheckStep')),
  }),
  Change: object({
    at: time,
    revision: number,
    actor: text,
    action: oneOf('created', 'updated', 'deleted', 'ssh_host_key_accepted'),
    changes: listOf(open({ property: text, from: {}, to: {} }, ['from', 'to'])),
    notes: listOf(text),
  }),
  Account: object({
    ...account,
    ssh_public_key: text,
    quotas: object({
      destinations: object({ limit: orNull(number), used: number }),
      checks_per_minute: number,
    }),
    egress_addresses: listOf(text),
    network_policy: oneOf('private', 'public'),
    partner: orNull(object({ name: text, logo: orNull(text), return_url: orNull(text) })),
  }),
  NewAccountRequest: open(
    {
      company: text,
      email: text,
      first_name: text,
      last_name: text,
      partner_id: text,
      partner_secret: text,
      region: oneOf('us-east-1', 'eu-central-1'),
    },
    ['region'],
  ),
  NewAccount: object({ access_token: text, stitch_account_id: number }),
  AccountError: open({ code: text, message: text, errors: anyProperties('By field.', text) }, ['errors']),
  PartnerAccount: object({
    ...account,
    email: text,
    first_name: text,
    last_name: text,
    destination_limit: orNull(number),
    checks_per_minute: orNull(number),
    suspended_at: orNull(time),
  }),
  PartnerAccountPage: object({
    data: listOf(ref('PartnerAccount')),
    page: number,
    total: number,
    links: object({ next: text, previous: text }, ['next', 'previous']),
  }),
  UpdateAccountRequest: object(
    { suspended: flag, destination_limit: orNull(number), checks_per_minute: orNull(number) },
    ['suspended', 'destination_limit', 'checks_per_minute'],
  ),
  Token: object({
    id: number,
    kind: oneOf('access', 'import'),
    name: orNull(text),
    hint: { type: 'string', description: 'The last four characters.' },
    created_at: time,
    revoked_at: orNull(time),
  }),
  EphemeralToken: object({ ephemeral_token: text }),
  SignInRequest: {
    anyOf: [object({ ephemeral_token: text }), object({ access_token: text })],
  },
  Session: object({ account_id: number, expires_at: time }),
  IssueTokenRequest: object({ name: text }, ['name']),
  IssuedToken: object({ id: number, access_token: text }),
  Health: open(
    { status: oneOf('ok', 'degraded', 'failing', 'unready'), version: text, message: text, store: open({}) },
    ['message', 'store'],
  ),
  Empty: object({}),
  ErrorText: { type: 'string', description: 'Some errors of the contract are a bare JSON string.' },
  ErrorObject: open({ error: text, message: text, data: open({ message: text }) }, ['data']),
  Error: { anyOf: [ref('ErrorText'), ref('ErrorObject')] },
} satisfies Record<string, JsonObject>;

export type SchemaName = keyof typeof schemas;
