import { randomUUID } from 'node:crypto';
import type { DestinationType } from '../destinations/destination.ts';
import { randomId } from '../lib/random-id.ts';
import type { Destination } from '../model/destination.ts';
import { type MergedProperties, mergeProperties } from '../model/merge-properties.ts';
import type { CompletedCheck } from '../store/store.ts';
import type { Caller, CreateRequest, GivenProperties, WriteOptions } from './control.ts';
import { checkNames, defaultName } from './destination-name.ts';
import type { DestinationsParts } from './destinations-parts.ts';
import { invalidProperties } from './invalid-properties.ts';
import { proveOrThrow } from './prove.ts';
import { sealAnew } from './seal-anew.ts';
import { sealSecrets } from './stored-secrets.ts';
import { usableType } from './usable-type.ts';

interface Created {
  readonly destination: Destination;
  readonly merged: MergedProperties;
  readonly proof: CompletedCheck | null;
}

/** `Destinations.create` up to the commit. */
export async function createDestination(
  { store, vault, checks, findType, destinationLimit = null }: DestinationsParts,
  { accountId, actor }: Caller,
  request: CreateRequest,
  { strict, signal }: WriteOptions,
): Promise<Created> {
  checkNames(request);
  const type = usableType(findType, request.type);
  const merged = newProperties(type, request.properties);
  const properties = { ...merged.plain, ...merged.secrets };
  const proof = strict
    ? await proveOrThrow(checks, {
        accountId,
        destinationId: null,
        type,
        properties,
        origin: 'strict',
        ...(signal && { signal }),
      })
    : null;

  const name =
    request.name ??
    defaultName(
      type.title,
      (await store.destinations.list(accountId)).map((destination) => destination.name),
    );
  const uid = randomId();
  const destination = await sealAnew(async () =>
    store.destinations.create({
      accountId,
      id: request.id ?? null,
      uid,
      type: type.type,
      name,
      description: request.description ?? null,
      properties: merged.plain,
      sealed: await sealSecrets(vault, uid, merged.secrets),
      actor,
      changes: merged.changes,
      notes: [],
      check: { uuid: proof?.completed.uuid ?? randomUUID(), origin: strict ? 'strict' : 'saved' },
      proof: proof?.completed ?? null,
      defaultLimit: destinationLimit,
      mapSources: request.ignoreUnmappedSources !== true,
    }),
  );
  return { destination, merged, proof: proof?.completed ?? null };
}

/** Properties of a destination that does not exist yet. @throws {Failure} InvalidProperties. */
export function newProperties({ type, form }: DestinationType, given: GivenProperties): MergedProperties {
  const result = mergeProperties({ form, stored: null, given, complete: false });
  if ('merged' in result) return result.merged;
  const bad = new Set(result.bad.map(({ name }) => name));
  const provided = Object.keys(given).filter((name) => given[name] !== null && !bad.has(name));
  throw invalidProperties(type, result.bad, provided);
}
