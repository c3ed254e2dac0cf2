import { ApiError, Unreachable } from './api-error.ts';

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * One call of the API, with the session of this browser.
 * @throws {ApiError} when the server refuses. {@link Unreachable} when it does not answer.
 */
export async function call<Result>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  options: CallOptions = {},
): Promise<Result> {
  const answer = await send(method, path, options);
  return (await answer.json()) as Result;
}

/** The same where the answer is no JSON. */
export async function send(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { body, headers = {}, signal }: CallOptions = {},
): Promise<Response> {
  const init: RequestInit = {
    method,
    headers: {
      accept: 'application/json',
      'backstitch-session': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  };
  const answer = await fetch(path, init).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Unreachable(error);
  });
  if (!answer.ok) throw new ApiError(answer.status, await answer.json().catch(() => null));
  return answer;
}
