import type { Connector } from '../destination.ts';
import { checkObjectStore } from '../object-storage/check.ts';
import { fileTables } from '../object-storage/load/file-dialect.ts';
import { openLoadSession } from '../object-storage/load/open-load-session.ts';
import type { ObjectStoreSettings } from '../object-storage/store-settings.ts';
import { resolveSettings } from './settings.ts';

export const storagegridConnector: Connector<ObjectStoreSettings> = {
  capabilities: { sshTunnel: false, tls: 'verified', schemas: false, tables: fileTables },
  resolve: resolveSettings,
  check: (settings, context) => checkObjectStore(settings, context),
  open: (settings, context) => openLoadSession(settings, context),
};
