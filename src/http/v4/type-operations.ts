import { examples } from '../openapi/examples.ts';
import { type Operation, objectError } from '../openapi/operation.ts';
import { accessErrors, bodyErrors } from '../openapi/usual-errors.ts';

const invalidType = objectError('InvalidType', 'invalid destination type (oracle)');

/** What can be connected. */
export const typeOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v4/destination-types',
    id: 'listDestinationTypes',
    tag: 'Destination types',
    summary: 'List destination types',
    description:
      'The form of every type. `details.access` is false where this build cannot connect the type yet.',
    security: 'token',
    responses: {
      200: {
        description: 'The types.',
        schema: { listOf: 'TypeReportCard' },
        examples: { 'One of them': [examples.typeReportCard] },
        headers: ['Backstitch-Egress'],
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/destination-types/{type}',
    id: 'getDestinationType',
    tag: 'Destination types',
    summary: 'Get a destination type',
    description: 'The form of one type.',
    security: 'token',
    parameters: ['type'],
    responses: {
      200: {
        description: 'The type.',
        schema: 'TypeReportCard',
        examples: { PostgreSQL: examples.typeReportCard },
        headers: ['Backstitch-Egress'],
      },
      400: {
        description: 'There is no such type.',
        schema: 'Error',
        examples: { InvalidType: invalidType },
      },
      ...accessErrors,
    },
  },
  {
    method: 'get',
    path: '/v4/destination-forms',
    id: 'listDestinationForms',
    tag: 'Destination types',
    summary: 'List what people are asked',
    description:
      'Beside the report card of every type: its name for people, and for each property one sentence, the kind of input, what is used when nothing is given, and what most give. In the order in which people are asked. `lines` is text of several lines, such as a certificate; what is `generated` is made by the server.',
    security: 'token',
    responses: {
      200: {
        description: 'The forms.',
        schema: { listOf: 'DestinationForm' },
        examples: { 'One of them': [examples.destinationForm] },
      },
      ...accessErrors,
    },
  },
  {
    method: 'post',
    path: '/v4/destination-types/{type}/check',
    id: 'tryOutProperties',
    tag: 'Destination types',
    summary: 'Check properties without saving them',
    description:
      'Connects with what the body says and answers with the steps; nothing is stored, and no stored credential is used. A check that failed is a 200 too: `status` tells.',
    security: 'token',
    parameters: ['type'],
    body: {
      schema: 'TryOutRequest',
      examples: {
        PostgreSQL: {
          properties: {
            host: 'warehouse.example.com',
            port: '5432',
            username: 'loader',
            database: 'analytics',
            password: 'a password',
            ssl: 'true',
          },
        },
      },
    },
    responses: {
      200: {
        description: 'What the check found.',
        schema: 'TryOutResult',
        examples: { 'A wrong password': { status: 'failed', error: true, steps: examples.failedSteps } },
        headers: ['Backstitch-Egress'],
      },
      400: {
        description: 'The body, the type or a property cannot be used.',
        schema: 'Error',
        examples: {
          InvalidBody: objectError('InvalidBody', 'The body must be a map with one key, properties.'),
          InvalidType: invalidType,
          AccessDenied: objectError('AccessDenied', 'you do not have access to destination type (dataworld)'),
          InvalidProperties: objectError('InvalidProperties', 'properties do not match schema', {
            bad_properties: ['port'],
            report_card: examples.reportCard,
            reasons: { port: 'Must be a number.' },
          }),
        },
      },
      ...bodyErrors,
      ...accessErrors,
    },
  },
];
