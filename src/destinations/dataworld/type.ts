import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import { text } from '../form-fields.ts';
import { fileFormat } from '../object-storage/fields.ts';

const madeBySignIn = { systemProvided: true, propertyType: 'system_provided_by_default' } as const;

export const dataworld: DestinationType = {
  type: 'dataworld',
  title: 'data.world',
  details: released('s3'),
  connector: null,
  form: {
    steps: [
      {
        type: 'form',
        properties: [text('account_id', 'Name of the data.world account.'), fileFormat()],
      },
      {
        type: 'oauth',
        properties: [
          text('access_token', 'Token that signing in to data.world gives.', {
            ...madeBySignIn,
            credential: true,
          }),
          text('s3_bucket', 'Bucket that data.world reads from.', madeBySignIn),
          text('s3_key_format_string', 'Names of the files in that bucket.', madeBySignIn),
        ],
      },
    ],
    v3Order: ['account_id', 'output_file_format', 'access_token', 's3_bucket', 's3_key_format_string'],
    tolerated: [],
    rules: [],
  },
};
