import type { Json, JsonObject } from '../../lib/json.ts';
import type { HeaderName, ParameterName } from './components.ts';
import type { SchemaName } from './schemas.ts';

/** One call, described as data beside its route. The API description is assembled from all of them. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With `{id}` where the route has `:id`. */
  readonly path: string;
  readonly id: string;
  readonly tag: Tag;
  /** A few words; the heading of the call. */
  readonly summary: string;
  /** What a reader has to know, in Markdown. */
  readonly description: string;
  /** Whose credentials it takes. What takes a token takes the session of a browser too. */
  readonly security: 'token' | 'session' | 'import' | 'partner' | 'metrics' | 'nobody';
  readonly parameters?: readonly ParameterName[];
  readonly body?: Content & { readonly required?: false };
  readonly responses: Readonly<Record<number, Response>>;
}

export type Tag =
  | 'Destinations'
  | 'Destinations, v3'
  | 'Connection checks'
  | 'Destination types'
  | 'Sources'
  | 'Loads'
  | 'Events'
  | 'Notifications'
  | 'Import API'
  | 'Account'
  | 'Partners'
  | 'Operations';

export interface Content {
  readonly schema: Schema;
  /** By a short title. Each must be valid under the schema. */
  readonly examples: Readonly<Record<string, Json>>;
}

export interface Response extends Content {
  readonly description: string;
  readonly headers?: readonly HeaderName[];
  /** `application/json` unless said otherwise. */
  readonly mediaType?: string;
}

/** The name of a component, a list of one, or a schema of its own. */
export type Schema = SchemaName | { readonly listOf: SchemaName } | JsonObject;

/** The contract's errors that are a bare JSON string. */
export const textError = (...texts: readonly string[]): Record<string, Json> =>
  Object.fromEntries(texts.map((text) => [text.slice(0, 60), text]));

/** An error of the object form. */
export const objectError = (error: string, message: string, facts: JsonObject = {}): JsonObject => ({
  error,
  message,
  data: { message, ...facts },
});
