import type { Properties } from '../../model/form.ts';
import type { CloudEnvironment } from '../destination.ts';
import { type FileSettings, resolveFileSettings, textOf } from '../object-storage/file-settings.ts';
import type { ObjectStoreSettings } from '../object-storage/store-settings.ts';
import type { StoreEndpoint } from '../object-storage/store-target.ts';
import { serverCredentials } from './server-credentials.ts';

/** What the form says; where Amazon is and who we are there, the environment of the server says. */
export interface S3Settings {
  readonly bucket: string;
  readonly files: FileSettings;
}

/** @throws {Failure} InvalidProperties when a stored value is missing or makes no sense. */
export const resolveSettings = (properties: Properties): S3Settings => ({
  bucket: textOf(properties, 's3_bucket'),
  files: resolveFileSettings(properties),
});

/** What loading goes by: the form, and the standard variables of AWS in the environment of the server. */
export const withServer = (
  { bucket, files }: S3Settings,
  environment: CloudEnvironment = {},
): ObjectStoreSettings => ({
  target: {
    bucket,
    endpoint: endpointIn(environment),
    region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'us-east-1',
    credentials: serverCredentials(environment),
  },
  files,
});

/** Another store than Amazon's, for whoever runs the server: the variables that every client of AWS knows. */
function endpointIn(environment: CloudEnvironment): StoreEndpoint | null {
  const given = environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL;
  const url = given ? URL.parse(given) : null;
  if (url === null) return null;
  const secure = url.protocol === 'https:';
  return {
    secure,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || (secure ? 443 : 80),
  };
}
