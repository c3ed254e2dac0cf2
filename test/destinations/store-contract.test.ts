import { storagegrid } from '../../src/destinations/storagegrid/type.ts';
import { openStorePlace } from '../support/store-place.ts';
import { describeDestination } from './contract/destination-contract.ts';

await describeDestination({
  type: storagegrid,
  format: 'jsonl',
  start: async () => ({ openPlace: () => openStorePlace({}), async [Symbol.asyncDispose]() {} }),
});
