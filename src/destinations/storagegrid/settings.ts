import type { Properties } from '../../model/form.ts';
import { isPort } from '../form-rules.ts';
import { invalidProperty, resolveFileSettings, textOf } from '../object-storage/file-settings.ts';
import type { ObjectStoreSettings } from '../object-storage/store-settings.ts';

/** A grid does not look at the region, unless its buckets have been given one: then it says which. */
const usualRegion = 'us-east-1';

/** @throws {Failure} InvalidProperties when a stored value is missing or makes no sense. */
export function resolveSettings(properties: Properties): ObjectStoreSettings {
  const port = textOf(properties, 'port');
  if (!isPort(port)) throw invalidProperty('port', 'is not a port from 1 to 65535');
  const endpoint = textOf(properties, 'endpoint');
  const keys = {
    accessKeyId: textOf(properties, 'access_key_id'),
    secretAccessKey: textOf(properties, 'secret_access_key'),
  };
  return {
    target: {
      bucket: textOf(properties, 's3_bucket'),
      endpoint: {
        secure: !/^http:\/\//i.test(endpoint),
        host: endpoint
          .replace(/^https?:\/\//i, '')
          .replace(/\/$/, '')
          .replace(/^\[(.*)\]$/, '$1'),
        port: Number(port),
      },
      region: usualRegion,
      credentials: { from: 'form', get: async () => keys },
    },
    files: resolveFileSettings(properties),
  };
}
