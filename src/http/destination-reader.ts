import type { FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../errors/failure.ts';
import { createBoundedCache } from '../lib/bounded-cache.ts';
import type { Destination } from '../model/destination.ts';
import type { Store } from '../store/store.ts';
import { callerOf } from './auth.ts';
import { renderEtag } from './etag.ts';
import { parseId } from './ids.ts';

interface Shown {
  readonly text: string;
  readonly etag: string;
  /** The store's last commit when this was read. */
  readonly commit: number | undefined;
}

const keptDestinations = 10_000;

/**
 * The handler of GET for one destination, the call that clients poll. Where the store can tell that nothing was
 * committed since, the text that was sent before is sent again.
 */
export function createDestinationReader(
  store: Pick<Store, 'destinations' | 'lastCommit'>,
  render: (destination: Destination) => string,
) {
  const shown = createBoundedCache<string, Shown>({ maxSize: keptDestinations });

  const read = async (key: string, accountId: number, id: number): Promise<Shown> => {
    const commit = store.lastCommit?.();
    const destination = await store.destinations.get(accountId, id);
    if (destination === null) throw new Failure('InvalidId');
    const found = { text: render(destination), etag: renderEtag(destination.revision), commit };
    if (commit !== undefined) shown.set(key, found);
    return found;
  };

  /** @throws {Failure} InvalidId */
  return (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) => {
    const { accountId } = callerOf(request);
    const id = parseId(request.params.id);
    if (id === null) throw new Failure('InvalidId');
    const send = ({ text, etag }: Shown) => reply.header('etag', etag).send(text);
    const key = `${accountId} ${id}`;
    const known = shown.get(key);
    if (known === undefined || known.commit !== store.lastCommit?.())
      return read(key, accountId, id).then(send);
    // Not returned: the framework would wait for a reply that has been sent.
    send(known);
    return undefined;
  };
}
