import { tablesOf } from '../capabilities.ts';
import type { Connector } from '../destination.ts';
import { checkMysql } from './check.ts';
import { mysqlDialect } from './dialect.ts';
import { openLoadSession } from './load/open-load-session.ts';
import { type MysqlSettings, resolveSettings } from './settings.ts';

export const mysqlConnector: Connector<MysqlSettings> = {
  capabilities: {
    sshTunnel: false,
    tls: 'encrypted',
    schemas: true,
    tables: [tablesOf(mysqlDialect, { ddl: 'before', lowerVersions: 'removed', recall: true })],
  },
  resolve: resolveSettings,
  check: (settings, context) => checkMysql(settings, context),
  open: (settings, context) => openLoadSession(settings, context),
};
