import type { JsonObject } from '../../lib/json.ts';
import { type Operation, objectError, type Response } from '../openapi/operation.ts';
import { accessErrors, bodyErrors, idempotencyExamples } from '../openapi/usual-errors.ts';
import { renderReplay } from './replays.ts';

const at = (time: string): number => Date.parse(time);

const replayed = renderReplay({
  id: 126912,
  sourceId: 126890,
  destinationId: 86742,
  since: at('2026-11-20T00:00:00Z'),
  createdAt: at('2026-11-25T09:30:00Z'),
  state: 'loading',
  tables: [
    {
      table: 'orders',
      batches: 120,
      records: 84_000,
      from: at('2026-11-21T04:10:00Z'),
      to: at('2026-11-25T09:29:58Z'),
      missingUntil: at('2026-11-21T04:09:31Z'),
      remaining: 37,
      quarantined: 0,
      error: null,
    },
  ],
});

/** Without the names of its type, which JSON does not know. */
const example: JsonObject = JSON.parse(JSON.stringify(replayed));

const unknown = (...messages: readonly string[]): Response => ({
  description: 'This account has no such source, destination or replay.',
  schema: 'ErrorObject',
  examples: Object.fromEntries(messages.map((message) => [message, objectError('InvalidId', message)])),
});

const replay = (description: string): Response => ({
  description,
  schema: 'Replay',
  examples: { 'One that goes on': example },
});

/** Loading once more what is kept of a source. */
export const replayOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v4/sources/{id}/replay',
    id: 'startReplay',
    tag: 'Sources',
    summary: 'Load once more what is kept',
    description:
      'Loads batches of the source that were loaded before, and whose payload is still kept, into a destination: so that a new one can be filled without the sender. Map the source to it first (or not at all), then what is sent from now on comes after what is repeated. The source goes on loading wherever it is mapped to; where that is the same destination, each table waits for its replay. `tables` names some, as the sender does; `since` leaves out what was received before. `missing_until` of a table says that batches received until then were asked for and are not kept any more. Newer rows are never replaced by older ones; tables that only grow, and hold these batches already, are refused unless `force` is true: then every row is added once more.',
    security: 'token',
    parameters: ['source', 'idempotencyKey'],
    body: {
      schema: 'StartReplayRequest',
      examples: {
        Everything: { destination_id: 86742 },
        'One table of this week': {
          destination_id: 86742,
          tables: ['orders'],
          since: '2026-11-20T00:00:00Z',
        },
      },
    },
    responses: {
      200: { ...replay('The replay, whose loads begin at once.'), headers: ['Idempotency-Replayed'] },
      400: {
        description: 'This account has no such source or destination, or the source no such table.',
        schema: 'ErrorObject',
        examples: {
          InvalidId: objectError('InvalidId', 'destination not found (86742)'),
          InvalidBody: objectError('InvalidBody', 'destination_id must be the id of a destination.'),
          UnknownTable: objectError('UnknownTable', 'Source 126890 has never sent: invoices.'),
        },
      },
      409: {
        description: 'It cannot be done as things stand.',
        schema: 'ErrorObject',
        examples: {
          SourcePaused: objectError(
            'SourcePaused',
            'Source 126890 is paused, so that nothing of it is loaded.',
          ),
          NothingRetained: objectError(
            'NothingRetained',
            'Of what was asked for, no loaded batch of source 126890 is kept.',
          ),
          ReplayUnderWay: objectError(
            'ReplayUnderWay',
            'Replay 126912 of source 126890 into destination 86742 goes on.',
          ),
          RowsWouldDouble: objectError(
            'RowsWouldDouble',
            'Destination 86742 holds these batches already, in tables that only grow: events.',
          ),
          ...idempotencyExamples[409],
        },
      },
      422: {
        description: 'The idempotency key was used before.',
        schema: 'ErrorObject',
        examples: idempotencyExamples[422],
      },
      ...bodyErrors,
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/sources/{id}/replays',
    id: 'listReplays',
    tag: 'Sources',
    summary: 'List replays',
    description: 'All replays of the source with how far they are, newest first.',
    security: 'token',
    parameters: ['source'],
    responses: {
      200: { ...replay('The replays.'), schema: { listOf: 'Replay' }, examples: { One: [example] } },
      400: unknown('source not found (126890)'),
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/sources/{id}/replays/{replay}',
    id: 'getReplay',
    tag: 'Sources',
    summary: 'Get a replay',
    description:
      'How far a replay is: `batches_remaining` wait to be loaded; while a table does not get on, `error` says why and what helps.',
    security: 'token',
    parameters: ['source', 'replay'],
    responses: { 200: replay('The replay.'), 400: unknown('replay not found (126912)'), ...accessErrors },
  },
  {
    method: 'delete',
    path: '/v4/sources/{id}/replays/{replay}',
    id: 'cancelReplay',
    tag: 'Sources',
    summary: 'Cancel a replay',
    description:
      'What has not been loaded is given up; the batches that it would have repeated stay as they are, and rows that were loaded stay in the destination. Of one that has ended nothing changes but its state.',
    security: 'token',
    parameters: ['source', 'replay'],
    responses: {
      200: {
        ...replay('The replay as it is now.'),
        examples: { Cancelled: { ...example, state: 'cancelled', batches_remaining: 0 } },
      },
      400: unknown('replay not found (126912)'),
      ...accessErrors,
    },
  },
];
