import type { DestinationType } from '../destinations/destination.ts';
import { Failure } from '../errors/failure.ts';

export type FindType = (name: string) => DestinationType | undefined;

/** The type of that name. @throws {Failure} InvalidType. */
export function knownType(findType: FindType, name: string): DestinationType {
  const type = findType(name);
  if (type === undefined)
    throw new Failure('InvalidType', `invalid destination type (${name})`, {
      remedy: 'GET /v4/destination-types lists the types there are.',
      data: { type: name },
    });
  return type;
}

/** A type that this build can connect. @throws {Failure} InvalidType, AccessDenied. */
export function usableType(findType: FindType, name: string): DestinationType {
  const type = knownType(findType, name);
  if (type.connector === null)
    throw new Failure('AccessDenied', `you do not have access to destination type (${name})`, {
      remedy: 'This build cannot connect to it yet; GET /v4/destination-types says which it can.',
      data: { type: name },
    });
  return type;
}
