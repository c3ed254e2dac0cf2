import { s3 } from '../../src/destinations/s3/type.ts';
import { storagegrid } from '../../src/destinations/storagegrid/type.ts';
import { testKeys } from '../support/object-store.ts';
import { openStorePlace, type StorePlaceOptions } from '../support/store-place.ts';
import { sentinel } from '../support/store-session.ts';
import { describeDestination } from './contract/destination-contract.ts';

const placesOf = (options: StorePlaceOptions) => async () => ({
  openPlace: () => openStorePlace(options),
  async [Symbol.asyncDispose]() {},
});

await describeDestination({
  type: storagegrid,
  format: 'jsonl',
  start: placesOf({ format: 'jsonl' }),
});

const text = 'text';
await describeDestination({
  type: storagegrid,
  format: 'csv',
  columnTypes: { boolean: text, integer: text, double: text, numeric: text, timestamp: text, text },
  start: placesOf({ format: 'csv' }),
});

const [[AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY] = ['', '']] = Object.entries(testKeys);
await describeDestination({
  type: s3,
  format: 'jsonl',
  start: placesOf({
    format: 'jsonl',
    properties: () => ({ s3_bucket: 'lake', sentinel_key: sentinel }),
    cloud: (port) => ({
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY,
    }),
    secrets: [],
  }),
});
