import { Failure } from '../../errors/failure.ts';
import type { Properties } from '../../model/form.ts';
import type { RouteTarget } from '../route.ts';

/** Where and how to sign in to a PostgreSQL. Holds the password: never print it. */
export interface PostgresSettings extends RouteTarget {
  readonly database: string;
  readonly username: string;
  readonly password: string;
  /** Null: no TLS. `trusted`: certificates (PEM) to verify the server by, or null. */
  readonly tls: { readonly trusted: string | null } | null;
  /** A certificate is stored that nothing uses, because TLS is off. */
  readonly unusedCertificate: boolean;
  /** A column that values of a second type come for keeps its name, and only the second gets a suffix. */
  readonly splitKeepsOriginal: boolean;
  /** How long a load waits for a lock, in milliseconds; null: as long as usual. */
  readonly lockMilliseconds: number | null;
}

/** @throws {Failure} InvalidProperties when a stored value is missing or makes no sense. */
export function resolveSettings(properties: Properties): PostgresSettings {
  const text = (name: string): string => {
    const value = properties[name];
    if (typeof value === 'string' && value !== '') return value;
    throw invalid(name, 'has no value');
  };
  const port = (name: string): number => {
    const value = Number(text(name));
    if (Number.isInteger(value) && value >= 1 && value <= 65535) return value;
    throw invalid(name, 'is not a port from 1 to 65535');
  };
  const encrypted = text('ssl') === 'true';
  const certificate = properties.sslrootcert === undefined ? null : text('sslrootcert');
  return {
    host: text('host'),
    port: port('port'),
    database: text('database'),
    username: text('username'),
    password: text('password'),
    tls: encrypted ? { trusted: certificate } : null,
    unusedCertificate: !encrypted && certificate !== null,
    splitKeepsOriginal: properties.split_keeps_original === 'true',
    lockMilliseconds: properties.lock_timeout === undefined ? null : Number(text('lock_timeout')) * 1000,
    tunnel:
      properties.encryption_type === 'ssh'
        ? {
            host: text('encryption_host'),
            port: port('encryption_port'),
            username: text('encryption_username'),
          }
        : null,
  };
}

const invalid = (name: string, why: string): Failure =>
  new Failure('InvalidProperties', `The property ${name} ${why}.`, {
    remedy: `Update the destination with a value for ${name}.`,
    data: { bad_properties: [name] },
  });
