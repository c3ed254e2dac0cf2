import { Readable } from 'node:stream';
import type { ApiInProcess } from '../cli/installation.ts';
import type { Config } from '../config/options.ts';
import { destinationTypes, findType } from '../destinations/registry.ts';
import { Bug } from '../errors/bug.ts';
import { createApp } from '../http/app.ts';
import type { TokenAuth, TokenCaller } from '../http/auth.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { httpSettings } from './http-settings.ts';
import type { Parts } from './open-parts.ts';

export interface ApiInProcessOptions {
  readonly parts: Parts;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Whose calls they all are. */
  readonly accountId: number;
}

/** The surfaces of the server over parts that are open, without a socket: whoever has the parts may do all of it. */
export async function openApiInProcess(options: ApiInProcessOptions): Promise<ApiInProcess> {
  const { parts, config, clock, log, version, accountId } = options;
  const app = await createApp({
    ...parts,
    types: { all: destinationTypes, find: findType },
    clock,
    log,
    // Whatever the server on this installation is for: this one answers.
    settings: {
      ...httpSettings({ config, version, unreadyReason: () => null }),
      answersCalls: true,
      tls: null,
    },
    tokenAuth: operatorOf(accountId),
  });

  return {
    async fetch(input, { method = 'GET', headers, body, signal } = {}) {
      const asked = app.inject({
        method: method as 'GET',
        url: String(input),
        headers: Object.fromEntries(new Headers(headers)),
        ...(body == null ? {} : { payload: textOf(body) }),
        payloadAsStream: true,
      });
      const answer = await unlessAborted(asked, signal);
      const stream = answer.stream();
      // Not by the signal of inject: to the server that is a request that failed, and it says so in the log.
      signal?.addEventListener('abort', () => stream.destroy(signal.reason), { once: true });
      return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
        status: answer.statusCode,
        headers: Object.entries(answer.headers).map(
          ([name, value]) => [name, String(value)] as [string, string],
        ),
      });
    },
    [Symbol.asyncDispose]: async () => await app.close(),
  };
}

/** What was asked for goes on, and nobody waits for it any more. */
async function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return await asked;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([asked, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  throw new Bug('a command sends nothing but text');
}

/** Takes every call for one of the operator. In the history it is `cli`, as all that the command line does. */
function operatorOf(accountId: number): TokenAuth {
  const caller: TokenCaller = {
    accountId,
    actor: 'cli',
    tokenId: 0,
    kind: 'access',
    sourceId: null,
    session: null,
  };
  return {
    authenticate: () => caller,
    authenticateSession: () => caller,
    guarded: async (_address, attempt) => await attempt(),
    forget() {},
  };
}
