import { Failure } from '../../errors/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { importApi } from '../../model/source-type.ts';
import type { Original } from './original.ts';
import type { OriginalAccount, OriginalDestination, OriginalSource } from './original-account.ts';

/** Reads an account of the original. @throws {Failure} MigrationFailed. */
export async function readOriginal(original: Original): Promise<OriginalAccount> {
  const destinations = await original.list('/v4/destinations');
  const parsed = destinations.filter(isLive).map(parseDestination);
  const sources = await original.list('/v4/sources');
  const live = sources.filter(isLive);
  const read: OriginalSource[] = [];
  for (const source of live) read.push(await readSource(original, source));
  return {
    clientId: clientIdOf([...destinations, ...sources]),
    destinations: parsed,
    sources: read,
    deleted: destinations.length + sources.length - parsed.length - live.length,
  };
}

const isLive = ({ deleted_at: deletedAt = null }: JsonObject): boolean => deletedAt === null;

function clientIdOf(objects: readonly JsonObject[]): number | null {
  const id = objects.find(({ stitch_client_id: clientId }) => isId(clientId))?.stitch_client_id;
  return typeof id === 'number' ? id : null;
}

function parseDestination(found: JsonObject): OriginalDestination {
  const what = 'destination';
  return {
    id: idOf(found, what),
    type: textOf(found, 'type', what),
    name: typeof found.name === 'string' && found.name !== '' ? found.name : null,
    description: typeof found.description === 'string' ? found.description : null,
    properties: withValues(found.properties),
    credentials: providedCredentials(found.report_card),
    isPaused: isTime(found.paused_at),
  };
}

async function readSource(original: Original, found: JsonObject): Promise<OriginalSource> {
  const what = 'source';
  const id = idOf(found, what);
  const type = textOf(found, 'type', what);
  const isMovable = type === importApi;
  return {
    id,
    type,
    name: textOf(found, 'name', what),
    displayName: textOf(found, 'display_name', what),
    properties: withValues(found.properties),
    destinationId: isMovable ? await mappingOf(original, id, found.destination_id) : null,
    isPaused: isTime(found.paused_at),
    tokens: isMovable ? await countTokens(original, id) : null,
  };
}

/** The documented source object has no `destination_id`; what a source is mapped to is then asked the other way round. */
async function mappingOf(original: Original, id: number, given: Json | undefined): Promise<number | null> {
  if (given === null) return null;
  if (isId(given)) return given;
  const [found] = (await original.list(`/v4/destinations?source_id=${id}`)).filter(isLive);
  return found === undefined ? null : idOf(found, 'destination');
}

async function countTokens(original: Original, id: number): Promise<number | null> {
  const ids = await original.find(`/v4/sources/${id}/tokens`);
  return Array.isArray(ids) ? ids.length : null;
}

/** Credentials that a report card shows to have a value. */
function providedCredentials(card: Json | undefined): string[] {
  const steps = isJsonObject(card) && Array.isArray(card.steps) ? card.steps.filter(isJsonObject) : [];
  return steps
    .flatMap(({ properties }) => (Array.isArray(properties) ? properties.filter(isJsonObject) : []))
    .flatMap(({ name, is_credential: isCredential, provided }) =>
      typeof name === 'string' && isCredential === true && provided === true ? [name] : [],
    );
}

const withValues = (properties: Json | undefined): JsonObject =>
  isJsonObject(properties)
    ? Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null && value !== ''))
    : {};

const isTime = (value: Json | undefined): boolean => typeof value === 'string';
const isId = (value: Json | undefined): value is number => Number.isSafeInteger(value) && Number(value) > 0;

function idOf({ id }: JsonObject, what: string): number {
  if (isId(id)) return id;
  throw strange(`a ${what} has no id that is a positive whole number`);
}

function textOf(found: JsonObject, key: string, what: string): string {
  const value = found[key];
  if (typeof value === 'string' && value !== '') return value;
  throw strange(`${what} ${String(found.id)} has no ${key}`);
}

const strange = (why: string): Failure =>
  new Failure('MigrationFailed', `The answer is not what version 4 of Stitch's API says: ${why}`, {
    remedy: 'See whether --from is the address of a Stitch API.',
  });
