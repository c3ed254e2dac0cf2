import { randomUUID } from 'node:crypto';
import type { Proof } from '../checks/checks.ts';
import type { DestinationType } from '../destinations/destination.ts';
import { Failure } from '../errors/failure.ts';
import { credentialMask } from '../model/credential-mask.ts';
import type { Destination, PropertyChange } from '../model/destination.ts';
import type { Properties } from '../model/form.ts';
import { type MergedProperties, mergeProperties } from '../model/merge-properties.ts';
import { providedNames } from '../model/report-card.ts';
import { revisionMismatch } from '../store/revision-mismatch.ts';
import type { SealedSecrets } from '../store/store.ts';
import type { Caller, GivenProperties, UpdateOptions, UpdateRequest } from './control.ts';
import type { DestinationsParts } from './destinations-parts.ts';
import { invalidProperties } from './invalid-properties.ts';
import { noSuchDestination } from './no-such-destination.ts';
import { proveOrThrow } from './prove.ts';
import { sealAnew } from './seal-anew.ts';
import { judgeSecretReuse } from './secret-reuse.ts';
import { openSecrets, sealSecrets } from './stored-secrets.ts';
import { knownType, usableType } from './usable-type.ts';

/** Other processes may update the same destination; so often in a row is a client's mistake, not chance. */
const mostAttempts = 20;

/** An update as it would be made from one revision; nothing is stored yet. */
interface Plan {
  readonly before: Destination;
  readonly sealed: SealedSecrets;
  readonly type: DestinationType;
  readonly merged: MergedProperties;
  readonly name: string;
  readonly description: string | null;
  readonly changes: readonly PropertyChange[];
  readonly notes: readonly string[];
}

/** `Destinations.update` without strict, up to the commit. Merges again when another update came in between. */
export async function updateDestination(
  parts: DestinationsParts,
  caller: Caller,
  id: number,
  request: UpdateRequest,
  options: UpdateOptions,
): Promise<Destination> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const plan = await planUpdate(parts, caller, id, request, options);
    const written = await commit(parts, caller, plan, null);
    if (written !== 'conflict') return written;
  }
  throw new Failure('LostRace', `Destination ${id} changed again and again while this update was made.`, {
    remedy: 'Send the update again.',
  });
}

/** `Destinations.update` with strict: what was proved is committed if the revision it was made from still stands. */
export async function updateStrictly(
  parts: DestinationsParts,
  caller: Caller,
  id: number,
  request: UpdateRequest,
  options: UpdateOptions,
): Promise<{ destination: Destination; proof: Proof }> {
  const { accountId } = caller;
  const plan = await planUpdate(parts, caller, id, request, options);
  const proof = await proveOrThrow(
    parts.checks,
    {
      accountId,
      destinationId: id,
      type: usableType(parts.findType, plan.type.type),
      properties: await wholeCandidate(parts, plan),
      origin: 'strict',
      ...(options.signal && { signal: options.signal }),
    },
    async ({ completed }) => {
      await parts.store.checks.record(accountId, id, plan.before.revision, completed);
    },
  );
  const destination = await commit(parts, caller, plan, proof);
  if (destination !== 'conflict') return { destination, proof };
  throw new Failure(
    'LostRace',
    `Destination ${id} was changed by another request while this one was being proved; nothing was stored.`,
    { remedy: 'Read the destination and send the update again.' },
  );
}

async function planUpdate(
  { store, vault, findType, network, secretReuse }: DestinationsParts,
  { accountId }: Caller,
  id: number,
  request: UpdateRequest,
  { ifMatch }: UpdateOptions,
): Promise<Plan> {
  const stored = await store.destinations.secrets(accountId, id);
  if (stored === null) throw noSuchDestination(id);
  const { destination: before, sealed } = stored;
  if (request.type !== undefined && request.type !== before.type)
    throw new Failure('TypeImmutable', 'this API endpoint does not support modifying destination type', {
      remedy: `Destination ${id} is of type ${before.type}; make another one for another type.`,
    });
  if (Array.isArray(ifMatch) && !ifMatch.includes(before.revision))
    throw revisionMismatch(id, before.revision);

  const type = knownType(findType, before.type);
  const given = request.properties ?? {};
  const opened = await openSecrets(
    vault,
    { uid: before.uid, form: type.form, sealed },
    isGiven(given),
    'leave_out',
  );
  const result = mergeProperties({
    form: type.form,
    stored: { plain: before.properties, credentialNames: before.credentialNames, opened },
    given,
    complete: request.complete,
  });
  if ('bad' in result) throw invalidProperties(type.type, result.bad, providedNames(before));
  const { merged } = result;
  const { bad, notes } = judgeSecretReuse(
    type.form,
    merged,
    secretReuse === 'auto' ? (network.policy === 'public' ? 'refuse' : 'allow') : secretReuse,
  );
  if (bad.length > 0) throw invalidProperties(type.type, bad, providedNames(before));

  const name = request.name ?? before.name;
  const description = request.description === undefined ? before.description : request.description;
  const changes = [...merged.changes, ...nameChanges(before, { name, description })];
  return { before, sealed, type, merged, name, description, changes, notes };
}

/** A stored value is compared with a given one, so that a password sent again, as v3 clients do, changes nothing. */
const isGiven =
  (given: GivenProperties) =>
  (name: string): boolean =>
    Object.hasOwn(given, name) && given[name] !== null && given[name] !== credentialMask;

function nameChanges(
  before: Pick<Destination, 'name' | 'description'>,
  after: Pick<Destination, 'name' | 'description'>,
): PropertyChange[] {
  return (['name', 'description'] as const).flatMap((property) => {
    const from = before[property];
    const to = after[property];
    return from === to ? [] : [{ property, ...(from !== null && { from }), ...(to !== null && { to }) }];
  });
}

/** All properties of the candidate, credentials in clear. They stay in memory. @throws {Failure} SecretUnreadable. */
async function wholeCandidate(
  { vault }: DestinationsParts,
  { before, sealed, type, merged }: Plan,
): Promise<Properties> {
  const { plain, secrets, droppedCredentials } = merged;
  const isStored = (name: string) => !Object.hasOwn(secrets, name) && !droppedCredentials.includes(name);
  const kept = await openSecrets(vault, { uid: before.uid, form: type.form, sealed }, isStored, 'throw');
  return { ...plain, ...kept, ...secrets };
}

/** @throws {Failure} InvalidId when the destination was deleted meanwhile. */
async function commit(
  { store, vault }: DestinationsParts,
  { accountId, actor }: Caller,
  { before, merged, name, description, changes, notes }: Plan,
  proof: Proof | null,
): Promise<Destination | 'conflict'> {
  const written = await sealAnew(async () =>
    store.destinations.update({
      accountId,
      id: before.id,
      expectedRevision: before.revision,
      changed: changes.length > 0,
      name,
      description,
      properties: merged.plain,
      sealed: await sealSecrets(vault, before.uid, merged.secrets),
      droppedCredentials: merged.droppedCredentials,
      keepHostKeys: sshServers(merged.plain),
      actor,
      changes,
      notes,
      check: { uuid: proof?.completed.uuid ?? randomUUID(), origin: proof ? 'strict' : 'saved' },
      proof: proof?.completed ?? null,
    }),
  );
  if (written === null) throw noSuchDestination(before.id);
  return written;
}

/** The SSH server that the settings lead through; pins of any other are forgotten. */
function sshServers(plain: Properties): { host: string; port: number }[] {
  const { encryption_type, encryption_host, encryption_port } = plain;
  if (encryption_type !== 'ssh' || typeof encryption_host !== 'string') return [];
  return [{ host: encryption_host, port: Number(encryption_port ?? 22) }];
}
