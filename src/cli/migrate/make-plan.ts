import type { OriginalAccount } from './original-account.ts';
import type { MigrationPlan } from './plan.ts';
import { planDestination } from './plan-destination.ts';
import { planSource } from './plan-source.ts';
import type { StateHere } from './state-here.ts';
import type { IdOptions } from './taken-id.ts';

/** What would bring an account of the original here, as far as it is not here yet. */
export function makePlan(original: OriginalAccount, state: StateHere, options: IdOptions): MigrationPlan {
  const destinations = original.destinations.map((one) => planDestination(one, state, options));
  const sources = original.sources.map((one) => planSource(one, state, { ...options, destinations }));
  return {
    clientId: original.clientId,
    accountId: state.account.id,
    destinations,
    sources,
    notes: [
      ...accountNotes(original, state),
      ...(original.deleted > 0 ? [`${original.deleted} deleted there are left there.`] : []),
      ...sshNotes(destinations, state),
      'Access tokens cannot be read: programs keep theirs with backstitch tokens create --value-file.',
      'Webhooks, e-mail addresses, users and the history of loads are not moved.',
    ],
  };
}

function accountNotes({ clientId }: OriginalAccount, { account }: StateHere): string[] {
  if (clientId === null || clientId === account.id) return [];
  return [
    `The account is ${clientId} there and ${account.id} here, which programs that call /v4/${clientId}/… must be told. To keep the id: backstitch accounts create --id ${clientId}, and then migrate with --account ${clientId}.`,
  ];
}

const sshNotes = (destinations: MigrationPlan['destinations'], { account }: StateHere): string[] =>
  destinations.some((one) => one.fate === 'create' && one.properties.encryption_type === 'ssh')
    ? [`For authorized_keys: ${account.sshPublicKey}`]
    : [];
