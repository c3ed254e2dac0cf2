import { randomKey } from './random-key.ts';
import type { Answer, CallOptions, Transport } from './transport.ts';
import type { CreateHook, Hook, HookDelivery, HookList } from './wire/hook.ts';

/** URLs that are told what happens. */
export interface Hooks {
  /** By type. */
  list(options?: CallOptions): Promise<HookList>;
  /** @param options.idempotencyKey random by default, which makes repetitions safe. */
  create(hook: CreateHook, options?: CallOptions & { readonly idempotencyKey?: string }): Promise<Hook>;
  enable(id: number, enabled: boolean, options?: CallOptions): Promise<Hook>;
  delete(id: number, options?: CallOptions): Promise<void>;
  /** Newest first, 20 by default, 100 at most. */
  deliveries(
    id: number,
    options?: CallOptions & { readonly limit?: number },
  ): Promise<readonly HookDelivery[]>;
  /** Sends a message that says it is a test. */
  test(id: number, options?: CallOptions): Promise<HookDelivery>;
}

export function createHooks({ call }: Transport): Hooks {
  const all = '/notifications/public/v1/api/hooks';
  const at = (id: number, rest = ''): string => `${all}/${id}${rest}`;
  const value = async <T>(answer: Promise<Answer<T>>): Promise<T> => (await answer).value;

  return {
    list: ({ signal } = {}) => value(call<HookList>(all, { signal })),
    create: (body, { signal, idempotencyKey = randomKey() } = {}) =>
      value(
        call<Hook>(all, { method: 'POST', body, headers: { 'idempotency-key': idempotencyKey }, signal }),
      ),
    enable: (id, enable, { signal } = {}) =>
      value(call<Hook>(at(id), { method: 'PUT', body: { enable }, signal })),
    async delete(id, { signal } = {}) {
      await call(at(id), { method: 'DELETE', signal });
    },
    deliveries: (id, { signal, limit } = {}) =>
      value(call<HookDelivery[]>(at(id, '/deliveries'), { query: { limit }, signal })),
    test: (id, { signal } = {}) => value(call<HookDelivery>(at(id, '/test'), { method: 'POST', signal })),
  };
}
