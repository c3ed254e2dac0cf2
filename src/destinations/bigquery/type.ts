import type { JsonObject } from '../../lib/json.ts';
import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import { choice, object, patterned, readOnly } from '../form-fields.ts';

const locations = [
  'EU',
  'US',
  'asia-east1',
  'asia-east2',
  'asia-northeast1',
  'asia-northeast2',
  'asia-south1',
  'asia-southeast1',
  'australia-southeast1',
  'europe-north1',
  'europe-west2',
  'europe-west3',
  'europe-west6',
  'northamerica-northeast1',
  'southamerica-east1',
  'us-east4',
  'us-west2',
];

export const bigquery: DestinationType = {
  type: 'bigquery_v2',
  title: 'Google BigQuery',
  details: released('bigquery_v2'),
  connector: null,
  form: {
    steps: [
      {
        type: 'form',
        properties: [
          patterned(
            'cloud_storage_location',
            locations.map((location) => `^${location}$`).join('|'),
            'Region of the storage bucket that loads go through.',
          ),
          choice(
            'loading_mode',
            ['UPSERT', 'APPEND_ONLY'],
            'Whether a newer version of a record replaces the older one or is added beside it.',
            { propertyType: 'user_provided_immutable' },
          ),
          readOnly('project_id', 'Project of the service account.'),
          object(
            'service_account_credentials',
            serviceAccountSchema(),
            'Key file (JSON) of the service account that loads.',
            { credential: true },
          ),
        ],
      },
    ],
    v3Order: ['cloud_storage_location', 'loading_mode', 'service_account_credentials', 'project_id'],
    tolerated: [],
    rules: [],
  },
};

function serviceAccountSchema(): JsonObject {
  return {
    type: 'object',
    required: [
      'type',
      'project_id',
      'private_key',
      'private_key_id',
      'client_email',
      'client_id',
      'auth_uri',
      'token_uri',
      'auth_provider_x509_cert_url',
      'client_x509_cert_url',
    ],
    additionalProperties: false,
    properties: {
      token_uri: { type: 'string', format: 'uri' },
      client_id: { type: 'string' },
      type: { type: 'string' },
      auth_provider_x509_cert_url: { type: 'string', format: 'uri' },
      private_key_id: { type: 'string' },
      client_email: { type: 'string', format: 'email' },
      auth_uri: { type: 'string', format: 'uri' },
      client_x509_cert_url: { type: 'string', format: 'uri' },
      project_id: { type: 'string' },
      private_key: { type: 'string' },
    },
  };
}
