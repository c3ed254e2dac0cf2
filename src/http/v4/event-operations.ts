import { type Operation, objectError } from '../openapi/operation.ts';
import { accessErrors } from '../openapi/usual-errors.ts';

const sample = [
  'retry: 2000',
  '',
  'id: 1517931396123-check.step:116078.86741.check.7bc049a4-18cf-41e9-a502-0e61abdd375a:resolve:begun',
  'event: check.step',
  'data: {"type":"check.step","at":"2018-02-06T15:36:36Z","destination_id":86741,"check_name":"116078.86741.check.7bc049a4-18cf-41e9-a502-0e61abdd375a","step_name":"resolve","step":null}',
  '',
  ': still here',
  '',
  '',
].join('\n');

/** The stream of events. */
export const eventOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v4/events',
    id: 'watchEvents',
    tag: 'Events',
    summary: 'Watch what happens',
    description:
      'A stream that does not end: steps of connection checks as they begin and end, completed checks, loads (planned, loaded, failed), rejected records, changes of tables, changes of destinations. Only what is of this account. Begins with what happens from now on or, with Last-Event-ID, with what came after that event; where that is more than fifteen minutes ago, or too much, a `reset` says so. An `end` names the reason. Every fifteen seconds there is a comment.',
    security: 'token',
    parameters: ['lastEventIdHeader', 'lastEventId'],
    responses: {
      200: {
        description: 'The events.',
        mediaType: 'text/event-stream',
        schema: 'EventStream',
        examples: { 'A step of a check': sample },
      },
      400: {
        description: 'The id cannot be that of an event.',
        schema: 'ErrorObject',
        examples: {
          InvalidQuery: objectError(
            'InvalidQuery',
            'last_event_id must be the id of an event, as it was received.',
          ),
        },
      },
      ...accessErrors,
      429: {
        description: 'The account has twenty streams open, or a limit is used up.',
        schema: 'ErrorObject',
        examples: {
          TooManyRequests: objectError(
            'TooManyRequests',
            'The account has as many streams of events open as may be at a time.',
          ),
        },
        headers: ['Retry-After'],
      },
    },
  },
];
