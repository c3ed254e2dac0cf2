import { once } from 'node:events';
import process from 'node:process';
import { startPostgres } from '../test/support/embedded-postgres.ts';

/** A PostgreSQL to try things with: it and all that is in it go away with this program. */
await using postgres = await startPostgres();
console.log(`
A throw-away PostgreSQL is running; Ctrl-C ends it and removes all that is in it. Settings for the README's tour:

export DB_HOST=${postgres.host} DB_PORT=${postgres.port} DB_NAME=postgres DB_USER=${postgres.user} DB_PASSWORD=${postgres.password}
`);
await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
