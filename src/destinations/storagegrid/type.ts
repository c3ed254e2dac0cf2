import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import { credential, port, text } from '../form-fields.ts';
import { endpointRule, portRule } from '../form-rules.ts';
import {
  bucket,
  csvDelimiter,
  csvForceQuote,
  fileFormat,
  fileRules,
  keyFormat,
  sentinelKey,
} from '../object-storage/fields.ts';

export const storagegrid: DestinationType = {
  type: 'storagegrid',
  title: 'NetApp StorageGRID',
  details: released('storagegrid'),
  connector: async () => (await import('./connector.ts')).storagegridConnector,
  form: {
    steps: [
      {
        type: 'form',
        properties: [
          credential('access_key_id', 'Access key of the tenant account.'),
          csvDelimiter(),
          csvForceQuote(),
          text('endpoint', 'Host name of the gateway, or its URL.', { routing: true }),
          fileFormat(),
          port('8082'),
          bucket(),
          keyFormat(),
          credential('secret_access_key', 'Secret that belongs to the access key.'),
          sentinelKey(),
        ],
      },
    ],
    v3Order: [
      'endpoint',
      'port',
      's3_bucket',
      'access_key_id',
      'secret_access_key',
      'output_file_format',
      's3_key_format_string',
      'csv_delimiter',
      'csv_force_quote',
      'sentinel_key',
    ],
    tolerated: [],
    rules: [...fileRules, endpointRule('endpoint'), portRule('port')],
  },
};
