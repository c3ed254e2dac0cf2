import { Failure } from '../../errors/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type Network, NetworkError, type NetworkReason } from '../../network/network.ts';
import { printable } from '../printable.ts';
import { type GetAnswer, getJson } from './get-json.ts';

/** The original's API, as far as it is read. */
export interface Original {
  /**
   * All objects of a collection, over all of its pages.
   * @throws {Failure} MigrationFailed: it cannot be reached, does not take the token, or is no such API.
   */
  list(path: string): Promise<readonly JsonObject[]>;
  /** One answer as it is; null where the original does not let itself be asked (403, 404). @throws {Failure} as above. */
  find(path: string): Promise<Json | null>;
}

export interface OriginalParts {
  readonly network: Network;
  /** Address of the API, without a path. */
  readonly from: URL;
  readonly token: string;
  /** Rests between attempts. */
  pause(milliseconds: number): Promise<unknown>;
  now(): number;
  /** Told before each rest. */
  onRetry(why: string, milliseconds: number): void;
}

/** Rests before the second, third … attempt, where the original does not say how long. */
const pauses = [1000, 2000, 4000, 8000];
/** The longest that it may ask for. */
const longestPause = 60_000;
const answerMilliseconds = 30_000;
const mostPages = 1000;

const passing: ReadonlySet<NetworkReason> = new Set(['reset', 'timeout']);

export function createOriginal(parts: OriginalParts): Original {
  const { network, from, token } = parts;

  /** One request, repeated while what keeps it from being answered may pass. */
  async function ask(path: string): Promise<GetAnswer> {
    for (let attempts = 1; ; attempts++) {
      const { answer, error } = await attempt(path);
      if (answer !== null && answer.status !== 429 && answer.status < 500) return answer;
      const why = answer === null ? error.message : `it answered ${answer.status}`;
      const usual = pauses[attempts - 1];
      if (usual === undefined)
        throw failed(`it was asked ${attempts} times; the last time: ${why}`, 'Try again later.', error);
      const rest = (answer && askedFor(answer, parts.now())) ?? usual;
      if (rest > longestPause)
        throw failed(
          `${why} and wants to be left alone for ${Math.ceil(rest / 1000)} seconds`,
          'Try again after that.',
        );
      parts.onRetry(why, rest);
      await parts.pause(rest);
    }
  }

  async function attempt(
    path: string,
  ): Promise<{ answer: GetAnswer; error: null } | { answer: null; error: NetworkError }> {
    try {
      const answer = await getJson({
        network,
        url: new URL(path, from),
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(answerMilliseconds),
      });
      return { answer, error: null };
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      if (passing.has(error.reason)) return { answer: null, error };
      throw failed(error.message, remedies[error.reason] ?? 'See whether --from is its address.', error);
    }
  }

  /** @throws {Failure} for an answer that says something else than 200. */
  function bodyOf(path: string, { status, location, body }: GetAnswer): Json {
    if (status === 401 || status === 403)
      throw failed(
        `it does not take the token (${status})`,
        'Give an access token of the account: it is made in the account settings there and begins with ac_.',
      );
    if (status >= 300 && status < 400)
      throw failed(
        `it sends elsewhere, to ${printable(location ?? 'nowhere')}, where the token was not sent`,
        'If that is the API, give its address with --from.',
      );
    if (status === 200 && body !== undefined) return body;
    throw failed(
      `GET ${path} answered ${status} and ${body === undefined ? 'no' : 'unexpected'} JSON`,
      isItTheApi,
    );
  }

  const failed = (why: string, remedy: string, cause?: unknown): Failure =>
    new Failure('MigrationFailed', `${from.host} could not be read: ${why}`, { remedy, cause });

  return {
    async list(path) {
      const all: JsonObject[] = [];
      let next: string | null = path;
      for (let page = 0; next !== null; page++) {
        if (page === mostPages) throw failed(`${path} does not end after ${mostPages} pages`, isItTheApi);
        const body: Json = bodyOf(next, await ask(next));
        const found: Json = isJsonObject(body) && body.data !== undefined ? body.data : body;
        if (!Array.isArray(found) || !found.every(isJsonObject))
          throw failed(`GET ${path} is no list of objects`, isItTheApi);
        all.push(...found);
        next = nextPage(body, from);
      }
      return all;
    },
    async find(path) {
      const answer = await ask(path);
      return answer.status === 403 || answer.status === 404 ? null : bodyOf(path, answer);
    },
  };
}

const isItTheApi = 'See whether --from is the address of a Stitch API, such as https://api.stitchdata.com.';

const remedies: Partial<Record<NetworkReason, string>> = {
  unresolvable: 'See whether the host in --from is spelled right, and whether names are resolved here.',
  refused: 'See whether --from names the right host and port.',
  blocked: 'Use https, and an address that the network policy of this installation lets through.',
  tls_untrusted:
    'If that is meant to be so, name its authority in NODE_EXTRA_CA_CERTS; otherwise do not send it a token.',
};

/** Only pages of the same server: the token goes nowhere else. */
function nextPage(body: Json, from: URL): string | null {
  const links = isJsonObject(body) ? body.links : null;
  const next = isJsonObject(links) ? links.next : null;
  if (typeof next !== 'string') return null;
  const url = URL.parse(next, from.href);
  return url?.origin === from.origin ? url.pathname + url.search : null;
}

/** How long the original wants to be left alone; null where it does not say. */
function askedFor({ retryAfter }: GetAnswer, now: number): number | null {
  if (retryAfter === null) return null;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(at - now, 0);
}
