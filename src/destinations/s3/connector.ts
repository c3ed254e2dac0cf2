import type { Connector } from '../destination.ts';
import { checkObjectStore } from '../object-storage/check.ts';
import { fileTables } from '../object-storage/load/file-dialect.ts';
import { openLoadSession } from '../object-storage/load/open-load-session.ts';
import { resolveSettings, type S3Settings, withServer } from './settings.ts';

export const s3Connector: Connector<S3Settings> = {
  capabilities: { sshTunnel: false, tls: 'verified', schemas: false, tables: fileTables },
  resolve: resolveSettings,
  check: (settings, context) => checkObjectStore(withServer(settings, context.cloud), context),
  open: (settings, context) => openLoadSession(withServer(settings, context.cloud), context),
};
