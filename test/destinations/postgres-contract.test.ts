import { openLoadSession } from '../../src/destinations/postgres/load/open-load-session.ts';
import { type LoadTuning, usualTuning } from '../../src/destinations/postgres/load/session-settings.ts';
import { resolveSettings } from '../../src/destinations/postgres/settings.ts';
import { postgres } from '../../src/destinations/postgres/type.ts';
import { createTestDatabase } from '../support/database.ts';
import { openPostgresPlace } from '../support/postgres-place.ts';
import { describeDestination } from './contract/destination-contract.ts';
import type { Way } from './contract/type-under-test.ts';

const way = (name: string, tuning: Partial<LoadTuning>): Way => ({
  name,
  open: (properties, context) =>
    openLoadSession(resolveSettings(properties), context, { ...usualTuning, ...tuning }),
});

await describeDestination({
  type: postgres,
  format: null,
  columnTypes: {
    boolean: 'boolean',
    integer: 'bigint',
    double: 'double precision',
    numeric: 'numeric',
    timestamp: 'timestamp with time zone',
    text: 'text',
  },
  ways: [way('with rows that are given', {}), way('with rows that are staged', { givenRows: 0 })],
  async start() {
    const database = await createTestDatabase();
    return {
      openPlace: () => openPostgresPlace(database),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  },
});
