import type { CloudEnvironment } from '../destination.ts';
import type { RequestHandler } from '../object-storage/request-handler.ts';
import {
  type CredentialSource,
  CredentialsMissing,
  type StoreCredentials,
} from '../object-storage/store-target.ts';

/**
 * The standard chain of AWS: keys in the environment, a web identity, a profile of the shared files. The metadata
 * services of cloud machines are left out: link-local addresses are never dialled, since whoever gets a request sent
 * there gets the credentials of the machine.
 */
export function serverCredentials(environment: CloudEnvironment): CredentialSource {
  return {
    from: 'server',
    async get(way) {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
      if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY)
        return {
          accessKeyId: AWS_ACCESS_KEY_ID,
          secretAccessKey: AWS_SECRET_ACCESS_KEY,
          ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
        };
      const { AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN } = environment;
      return AWS_WEB_IDENTITY_TOKEN_FILE && AWS_ROLE_ARN
        ? await fromWebIdentity(environment, way)
        : await fromProfile(environment, way);
    },
  };
}

/** Clients that the SDK makes by itself to get credentials. */
const clientOf = (environment: CloudEnvironment, way: RequestHandler) => ({
  requestHandler: way,
  region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'us-east-1',
  ...(environment.AWS_ENDPOINT_URL_STS && { endpoint: environment.AWS_ENDPOINT_URL_STS }),
});

async function fromWebIdentity(
  environment: CloudEnvironment,
  way: RequestHandler,
): Promise<StoreCredentials> {
  const { fromTokenFile } = await import('@aws-sdk/credential-provider-web-identity');
  const provider = fromTokenFile({
    webIdentityTokenFile: environment.AWS_WEB_IDENTITY_TOKEN_FILE,
    roleArn: environment.AWS_ROLE_ARN,
    roleSessionName: environment.AWS_ROLE_SESSION_NAME || 'backstitch',
    clientConfig: clientOf(environment, way),
  } as Parameters<typeof fromTokenFile>[0]);
  return await told(provider(), 'The role of AWS_ROLE_ARN could not be taken.');
}

async function fromProfile(environment: CloudEnvironment, way: RequestHandler): Promise<StoreCredentials> {
  const [{ fromIni }, { parseKnownFiles }] = await Promise.all([
    import('@aws-sdk/credential-provider-ini'),
    import('@smithy/core/config'),
  ]);
  const files = {
    ...(environment.AWS_SHARED_CREDENTIALS_FILE && { filepath: environment.AWS_SHARED_CREDENTIALS_FILE }),
    ...(environment.AWS_CONFIG_FILE && { configFilepath: environment.AWS_CONFIG_FILE }),
    // They may be replaced while the server runs.
    ignoreCache: true,
  };
  const profile = environment.AWS_PROFILE || 'default';
  const profiles = await told(parseKnownFiles(files), 'The shared credentials file cannot be read.');
  if (!Object.hasOwn(profiles, profile))
    throw new CredentialsMissing(
      `Neither variables with keys nor a profile ${JSON.stringify(profile)} in the shared files were found.`,
    );
  refuseMetadata(profile, profiles);
  const provider = fromIni({ ...files, profile, clientConfig: clientOf(environment, way) });
  return await told(provider(), `The profile ${JSON.stringify(profile)} gives no credentials.`);
}

/** A profile may ask for the metadata service, or for a browser; what it builds upon may too. */
function refuseMetadata(
  profile: string,
  profiles: Readonly<Record<string, Readonly<Record<string, string | undefined>>>>,
): void {
  const seen = new Set<string>();
  for (let name: string | undefined = profile; name !== undefined && !seen.has(name); ) {
    seen.add(name);
    const settings: Readonly<Record<string, string | undefined>> = profiles[name] ?? {};
    const unusable = ['credential_source', 'sso_session', 'sso_start_url', 'login_session'].find(
      (key) => settings[key] !== undefined && settings[key] !== 'Environment',
    );
    if (unusable !== undefined)
      throw new CredentialsMissing(
        `The profile ${JSON.stringify(name)} asks for ${unusable}, which this server does not use.`,
      );
    name = settings.source_profile;
  }
}

/** What the SDK says may repeat what stands in the files. */
async function told<T>(attempt: Promise<T>, message: string): Promise<T> {
  try {
    return await attempt;
  } catch (cause) {
    throw new CredentialsMissing(message, { cause });
  }
}
