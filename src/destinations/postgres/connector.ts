import { tablesOf } from '../capabilities.ts';
import type { Connector } from '../destination.ts';
import { checkPostgres } from './check.ts';
import { postgresDialect } from './dialect.ts';
import { openLoadSession } from './load/open-load-session.ts';
import { type PostgresSettings, resolveSettings } from './settings.ts';

export const postgresConnector: Connector<PostgresSettings> = {
  capabilities: {
    sshTunnel: true,
    tls: 'verified',
    schemas: true,
    tables: [tablesOf(postgresDialect, { ddl: 'transaction', lowerVersions: 'removed', recall: true })],
  },
  resolve: resolveSettings,
  check: (settings, context) => checkPostgres(settings, context),
  open: (settings, context) => openLoadSession(settings, context),
};
