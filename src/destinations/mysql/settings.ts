import { Failure } from '../../errors/failure.ts';
import type { Properties } from '../../model/form.ts';
import type { RouteTarget } from '../route.ts';

/** Where and how to sign in to a MySQL. Holds the password: never print it. */
export interface MysqlSettings extends RouteTarget {
  readonly username: string;
  readonly password: string;
  /** The form has no certificate to verify the server by, so TLS encrypts and does not verify. */
  readonly encrypted: boolean;
}

/** @throws {Failure} InvalidProperties when a stored value is missing or makes no sense. */
export function resolveSettings(properties: Properties): MysqlSettings {
  const text = (name: string): string => {
    const value = properties[name];
    if (typeof value === 'string' && value !== '') return value;
    throw invalid(name, 'has no value');
  };
  const port = Number(text('port'));
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw invalid('port', 'is not a port from 1 to 65535');
  return {
    host: text('host'),
    port,
    username: text('username'),
    password: text('password'),
    encrypted: properties.ssl === 'true',
    tunnel: null,
  };
}

const invalid = (name: string, why: string): Failure =>
  new Failure('InvalidProperties', `The property ${name} ${why}.`, {
    remedy: `Update the destination with a value for ${name}.`,
    data: { bad_properties: [name] },
  });
