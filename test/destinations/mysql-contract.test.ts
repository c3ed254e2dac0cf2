import {
  type LoadTuning,
  openLoadSession,
  usualTuning,
} from '../../src/destinations/mysql/load/open-load-session.ts';
import { resolveSettings } from '../../src/destinations/mysql/settings.ts';
import { mysql } from '../../src/destinations/mysql/type.ts';
import { startMariadb } from '../support/mariadb.ts';
import { openMysqlPlace } from '../support/mysql-place.ts';
import { describeDestination } from './contract/destination-contract.ts';
import type { Way } from './contract/type-under-test.ts';

const way = (name: string, tuning: Partial<LoadTuning>): Way => ({
  name,
  open: (properties, context) =>
    openLoadSession(resolveSettings(properties), context, { ...usualTuning, ...tuning }),
});

await describeDestination({
  type: mysql,
  format: null,
  columnTypes: {
    boolean: 'tinyint(1)',
    integer: 'bigint',
    double: 'double',
    numeric: 'decimal(65,30)',
    timestamp: 'datetime(6)',
    text: 'longtext',
    json: 'json',
  },
  ways: [
    way('with rows that are given', {}),
    way('with rows that are staged', { givenRows: 0 }),
    way('with rows that are staged where LOAD DATA is forbidden', { givenRows: 0, localInfile: false }),
  ],
  async start() {
    const server = await startMariadb();
    const user = await server.addUser(
      'select, insert, update, delete, create, alter, drop, create temporary tables on *.*',
    );
    return {
      openPlace: () => openMysqlPlace(server, user),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
});
