import type { JsonObject } from '../../lib/json.ts';
import { hookTypes } from '../../model/hook.ts';
import { flag, listOf, number, object, oneOf, orNull, ref, text, time } from './schema-words.ts';

const url = { type: 'string', format: 'uri', maxLength: 2048 } satisfies JsonObject;

/** Shapes of webhooks and of what was sent to them. */
export const hookSchemas = {
  Hook: object({
    id: number,
    client_id: number,
    type: oneOf(...hookTypes),
    version: { const: 1 },
    destination_id: number,
    config: object({ url, signed: { const: true } }, ['signed']),
    created_at: time,
    modified_at: time,
    disabled_at: orNull(time),
  }),
  HookList: object(
    Object.fromEntries(hookTypes.map((type) => [type, listOf(ref('Hook'))])),
    hookTypes.filter((type) => type !== 'post_load'),
  ),
  CreateHookRequest: object({
    type: oneOf(...hookTypes),
    destination_id: number,
    config: object(
      {
        url,
        secret: {
          type: 'string',
          minLength: 8,
          maxLength: 256,
          description: 'Ours: signs each message. It is never shown again.',
        },
      },
      ['secret'],
    ),
  }),
  HookError: object({ error: object({ message: text }) }),
  HookNotFound: object({ error: { const: 'NotFound' } }),
  HookDelivery: object({
    id: text,
    hook_id: number,
    type: oneOf(...hookTypes),
    test: flag,
    state: oneOf('waiting', 'sent', 'failed', 'dropped'),
    attempts: number,
    status_code: orNull(number),
    error: orNull(text),
    created_at: time,
    next_attempt_at: orNull(time),
    ended_at: orNull(time),
  }),
} satisfies Record<string, JsonObject>;
