import { randomUUID } from 'node:crypto';
import { assert } from '../errors/bug.ts';
import { createKeyedQueue } from '../lib/keyed-queue.ts';
import type { Destination } from '../model/destination.ts';
import { renderJobName } from '../model/job-name.ts';
import type { CompletedCheck } from '../store/store.ts';
import type { Caller, Destinations, Written } from './control.ts';
import { createDestination, newProperties } from './create-destination.ts';
import { checkNames } from './destination-name.ts';
import type { DestinationsParts } from './destinations-parts.ts';
import { noSuchDestination } from './no-such-destination.ts';
import { updateDestination, updateStrictly } from './update-destination.ts';
import { usableType } from './usable-type.ts';

/** The rules of destinations over store, vault and checks. */
export function createDestinations(parts: DestinationsParts): Destinations {
  const { store, checks, findType } = parts;
  // Clients that update one destination at the same time would make each other merge again and again.
  const queue = createKeyedQueue();

  /** The state after a write, and after waiting for its check if that was asked for. */
  async function reached(
    { accountId }: Caller,
    destination: Destination,
    checkName: string,
    waitMilliseconds: number,
  ): Promise<Destination> {
    if (waitMilliseconds <= 0) return destination;
    await checks.wait(accountId, checkName, waitMilliseconds);
    return (await store.destinations.get(accountId, destination.id)) ?? destination;
  }

  /** Starts a check of what is stored, and reads the state. */
  async function startCheck(caller: Caller, id: number, waitMilliseconds: number): Promise<Written> {
    const { accountId } = caller;
    const check = await store.checks.request(accountId, id, { uuid: randomUUID(), origin: 'requested' });
    const destination = check && (await store.destinations.get(accountId, id));
    if (check === null || destination === null) throw noSuchDestination(id);
    return {
      destination: await reached(caller, destination, check.name, waitMilliseconds),
      checkName: check.name,
      generated: {},
    };
  }

  return {
    async create(caller, request, options) {
      // One after another in an account, so that two of them do not find the same default name free.
      const make = () => createDestination(parts, caller, request, options);
      const { destination, merged, proof } = await (options.strict
        ? make()
        : queue.run(`account ${caller.accountId}`, make));
      const checkName = nameOfCheck(destination, proof);
      return {
        destination: await reached(caller, destination, checkName, proof ? 0 : options.waitMilliseconds),
        checkName,
        generated: merged.generated,
      };
    },

    async update(caller, id, request, options) {
      checkNames(request);
      if (options.strict) {
        const { destination, proof } = await updateStrictly(parts, caller, id, request, options);
        return { destination, checkName: nameOfCheck(destination, proof.completed), generated: {} };
      }
      const destination = await queue.run(`destination ${caller.accountId} ${id}`, () =>
        updateDestination(parts, caller, id, request, options),
      );
      const checkName = nameOfCheck(destination, null);
      return {
        destination: await reached(caller, destination, checkName, options.waitMilliseconds),
        checkName,
        generated: {},
      };
    },

    async acceptHostKey(caller, id) {
      const { accountId, actor } = caller;
      await store.destinations.acceptHostKey({ accountId, id, actor });
      return await startCheck(caller, id, 0);
    },

    async check(caller, id, { waitMilliseconds }) {
      return await startCheck(caller, id, waitMilliseconds);
    },

    async tryOut({ accountId }, typeName, given, signal) {
      const type = usableType(findType, typeName);
      const { plain, secrets } = newProperties(type, given);
      const proof = await checks.prove({
        accountId,
        destinationId: null,
        type,
        properties: { ...plain, ...secrets },
        origin: 'unsaved',
        signal,
      });
      return proof.outcome;
    },

    async delete({ accountId, actor }, id, { ifMatch } = { ifMatch: null }) {
      const revisions = ifMatch === null || ifMatch === '*' ? {} : { revisions: ifMatch };
      return await store.destinations.delete({ accountId, id, actor, ...revisions });
    },
  };
}

/** The check that a write proved, started or joined. */
function nameOfCheck({ accountId, id, checkJobName }: Destination, proof: CompletedCheck | null): string {
  if (proof !== null) return renderJobName({ accountId, destinationId: id, uuid: proof.uuid });
  assert(checkJobName !== null, 'every write starts a check or joins one');
  return checkJobName;
}
