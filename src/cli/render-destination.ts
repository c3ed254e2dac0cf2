import { findType } from '../destinations/registry.ts';
import type { JsonObject } from '../lib/json.ts';
import { credentialMask } from '../model/credential-mask.ts';
import type { Destination } from '../model/destination.ts';
import { formProperties } from '../model/form-properties.ts';
import { renderTimestamp } from '../model/timestamp.ts';
import type { Cell } from './table.ts';

/** A destination as `--json` shows it; credentials are named, never shown. */
export const renderDestination = (destination: Destination): JsonObject => ({
  id: destination.id,
  account_id: destination.accountId,
  type: destination.type,
  name: destination.name,
  description: destination.description,
  revision: destination.revision,
  properties: Object.fromEntries(shownProperties(destination)),
  credentials: [...destination.credentialNames],
  created_at: renderTimestamp(destination.createdAt),
  updated_at: renderTimestamp(destination.updatedAt),
  last_check: renderLastCheck(destination),
});

function renderLastCheck({ lastCheck }: Destination): JsonObject | null {
  if (lastCheck === null) return null;
  const { name, error, startedAt, completedAt } = lastCheck;
  return {
    name,
    error,
    started_at: renderTimestamp(startedAt),
    completed_at: renderTimestamp(completedAt),
  };
}

/** A destination as `show` prints it for people. */
export const destinationEntries = (destination: Destination): Readonly<Record<string, Cell>> => ({
  id: destination.id,
  account: destination.accountId,
  type: findType(destination.type)?.title ?? destination.type,
  name: destination.name,
  description: destination.description,
  ...Object.fromEntries(
    shownProperties(destination).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ),
  ...Object.fromEntries(destination.credentialNames.map((name) => [name, credentialMask])),
  revision: destination.revision,
  created: renderTimestamp(destination.createdAt),
  updated: renderTimestamp(destination.updatedAt),
  'last check': lastCheckText(destination),
});

/** Plain properties; what the form calls a credential is left out even where it is stored with them. */
function shownProperties({ type, properties }: Destination): [string, JsonObject[string]][] {
  const credentials = credentialNames(type);
  return Object.entries(properties).filter(([name]) => !credentials.has(name));
}

/** Names of the credentials in a type's form; empty for an unknown type. */
export function credentialNames(type: string): ReadonlySet<string> {
  const form = findType(type)?.form;
  const credentials = form ? formProperties(form).filter((property) => property.isCredential) : [];
  return new Set(credentials.map(({ name }) => name));
}

/** The last check in a few words. */
export function lastCheckText({ lastCheck }: Destination): string {
  if (lastCheck === null) return 'not checked yet';
  return `${lastCheck.error ? 'failed' : 'succeeded'} ${renderTimestamp(lastCheck.completedAt)}`;
}
