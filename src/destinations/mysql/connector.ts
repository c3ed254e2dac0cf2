import type { Connector } from '../destination.ts';
import { checkMysql } from './check.ts';
import { openLoadSession } from './load/open-load-session.ts';
import { type MysqlSettings, resolveSettings } from './settings.ts';

export const mysqlConnector: Connector<MysqlSettings> = {
  capabilities: { sshTunnel: false, schemas: true },
  resolve: resolveSettings,
  check: (settings, context) => checkMysql(settings, context),
  open: (settings, context) => openLoadSession(settings, context),
};
