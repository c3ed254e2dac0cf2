import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from '../config/options.ts';
import { Failure } from '../errors/failure.ts';
import { defaultHttpSettings, type HttpSettings } from '../http/settings.ts';

export interface HttpSettingsParts {
  readonly config: Config;
  readonly version: string;
  readonly unreadyReason: () => string | null;
}

/**
 * What the configuration says about HTTP. Reads the certificate's files.
 * @throws {Failure} InvalidConfiguration when one of them cannot be read.
 */
export function httpSettings({ config, version, unreadyReason }: HttpSettingsParts): HttpSettings {
  const { tlsCert, tlsKey, partnerId, partnerSecret } = config;
  return {
    version,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy.length > 0 && config.trustProxy,
    tls: tlsCert && tlsKey ? { cert: readPem(tlsCert), key: readPem(tlsKey) } : null,
    bodyLimit: config.bodyLimit,
    defaultRegion: config.region,
    partner: partnerId && partnerSecret ? { id: partnerId, secretHash: sha256(partnerSecret) } : null,
    destinationLimit: config.destinationLimit,
    checksPerMinute: config.checksPerMinute,
    requestsPerMinute: config.requestsPerMinute,
    failedLoginsPerMinute: config.failedLoginsPerMinute,
    metricsToken: config.metricsToken,
    answersCalls: config.roles !== 'loader',
    dataFolder: config.store === 'sqlite' ? config.data : null,
    consoleFolder: defaultHttpSettings.consoleFolder,
    logRequests: config.logLevel === 'debug',
    eventBeatMilliseconds: defaultHttpSettings.eventBeatMilliseconds,
    timeouts: defaultHttpSettings.timeouts,
    unreadyReason,
  };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Failure('InvalidConfiguration', `The file ${file} cannot be read (${code}).`, {
      remedy: 'Set BACKSTITCH_TLS_CERT and BACKSTITCH_TLS_KEY to PEM files that this user may read.',
      cause: error,
    });
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
