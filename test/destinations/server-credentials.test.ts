import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRequestHandler } from '../../src/destinations/object-storage/request-handler.ts';
import { CredentialsMissing } from '../../src/destinations/object-storage/store-target.ts';
import { serverCredentials } from '../../src/destinations/s3/server-credentials.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { canary } from '../support/observe-check.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'aws-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const place = path.join(folder, name);
  writeFileSync(place, text);
  return place;
}

const profiles = (credentials: string, config = '') => ({
  AWS_SHARED_CREDENTIALS_FILE: file('credentials', credentials),
  AWS_CONFIG_FILE: file('config', config),
});

async function credentialsOf(environment: Readonly<Record<string, string>>) {
  const network = createNetwork({ policy: 'private', allow: [], egressAddresses: [] });
  const way = createRequestHandler(network);
  try {
    return await serverCredentials(environment).get(way);
  } finally {
    way.destroy();
  }
}

describe('the credentials of the server', () => {
  test('are the keys in its environment, before everything else', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
    const others = profiles('[default]\naws_access_key_id=other\naws_secret_access_key=other\n');
    expect(await credentialsOf({ ...keys, ...others })).toEqual({
      accessKeyId: 'AKIA',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    });
  });

  test('are those of a profile, read anew each time', async () => {
    const named = (secret: string) =>
      profiles(`[loader]\naws_access_key_id=AKIA\naws_secret_access_key=${secret}\n`);
    const environment = { ...named('one'), AWS_PROFILE: 'loader' };
    expect(await credentialsOf(environment)).toMatchObject({ secretAccessKey: 'one' });
    named('two');
    expect(await credentialsOf(environment)).toMatchObject({ secretAccessKey: 'two' });
  });

  test('are a role that a token of the machine stands for, asked for through the network policy', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk) => asked.push(String(chunk)));
      request.on('end', () =>
        response.writeHead(200, { 'content-type': 'text/xml' }).end(
          `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>
             <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>temporary</SecretAccessKey><SessionToken>t</SessionToken>
             <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
        ),
      );
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    try {
      const role = {
        AWS_WEB_IDENTITY_TOKEN_FILE: file('token', 'a-token'),
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/loader',
      };
      const { port } = server.address() as AddressInfo;
      const here = { ...role, AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` };
      expect(await credentialsOf(here)).toMatchObject({ accessKeyId: 'ASIA', sessionToken: 't' });
      expect(asked.join('')).toContain('WebIdentityToken=a-token');
      const forbidden = { ...role, AWS_ENDPOINT_URL_STS: 'http://169.254.169.254' };
      await expect(credentialsOf(forbidden)).rejects.toThrow(CredentialsMissing);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test.each([
    ['nothing', {}, /profile "default"/],
    ['a profile that is not there', { AWS_PROFILE: 'nobody' }, /profile "nobody"/],
    ['a profile without keys', { AWS_PROFILE: 'empty' }, /gives no credentials/],
    ['the metadata service', { AWS_PROFILE: 'metadata' }, /credential_source/],
    ['the metadata service, one profile further', { AWS_PROFILE: 'chained' }, /credential_source/],
    ['a browser', { AWS_PROFILE: 'sso' }, /sso_session/],
  ])('are none where there is %s, and the reason says no secret', async (_, environment, why) => {
    const files = profiles(
      `[other]\naws_access_key_id=AKIA\naws_secret_access_key=${canary}\n[empty]\nregion=eu-west-1\n`,
      `[profile metadata]\nrole_arn=arn:aws:iam::1:role/a\ncredential_source=Ec2InstanceMetadata\n
[profile chained]\nrole_arn=arn:aws:iam::1:role/b\nsource_profile=metadata\n[profile sso]\nsso_session=s\n`,
    );
    const error = await credentialsOf({ ...files, ...environment }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(CredentialsMissing);
    expect((error as Error).message).toMatch(why);
    expect((error as Error).message).not.toContain(canary);
  });
});
