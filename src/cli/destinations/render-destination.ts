import type { ConnectionCheckWithSteps, Destination, Read } from '@backstitch/client';
import { credentialMask } from '../../model/credential-mask.ts';
import type { Cell } from '../table.ts';

/** A destination as `--json` shows it: as the API does, with its revision. */
export const renderDestination = ({ destination, revision }: Read) => ({
  ...destination,
  revision: revisionNumber(revision),
});

/** The number in an ETag. */
export const revisionNumber = (revision: string): number => Number(revision.replaceAll('"', ''));

/** A destination as `show` prints it for people. */
export const destinationEntries = ({ destination, revision }: Read): Readonly<Record<string, Cell>> => ({
  id: destination.id,
  account: destination.stitch_client_id,
  type: destination.type,
  name: destination.name,
  description: destination.description,
  ...Object.fromEntries(
    Object.entries(destination.properties).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ),
  ...Object.fromEntries(maskedNames(destination).map((name) => [name, credentialMask])),
  revision: revisionNumber(revision),
  created: destination.created_at,
  updated: destination.updated_at,
  ...(destination.system_paused_at && { 'refused since': destination.system_paused_at }),
});

/** Credentials that it has and the server does not show. */
const maskedNames = ({ report_card, properties }: Destination): readonly string[] =>
  report_card.steps
    .flatMap((step) => step.properties)
    .filter(({ is_credential, provided, name }) => is_credential && provided && !(name in properties))
    .map(({ name }) => name);

/** The newest check in a few words. */
export function checkText(check: ConnectionCheckWithSteps | undefined): string {
  if (check === undefined) return 'not checked yet';
  return `${check.status} ${check.completion_time ?? check.start_time}`;
}
