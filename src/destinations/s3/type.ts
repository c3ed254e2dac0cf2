import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import {
  bucket,
  csvDelimiter,
  csvForceQuote,
  fileFormat,
  fileRules,
  keyFormat,
  sentinelKey,
} from '../object-storage/fields.ts';

export const s3: DestinationType = {
  type: 's3',
  title: 'Amazon S3',
  details: released('s3'),
  connector: async () => (await import('./connector.ts')).s3Connector,
  form: {
    steps: [
      {
        type: 'form',
        properties: [csvDelimiter(), csvForceQuote(), fileFormat(), bucket(), keyFormat(), sentinelKey()],
      },
    ],
    v3Order: [
      's3_bucket',
      'output_file_format',
      's3_key_format_string',
      'csv_delimiter',
      'csv_force_quote',
      'sentinel_key',
    ],
    tolerated: [],
    rules: fileRules,
  },
};
