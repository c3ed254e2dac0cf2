/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
/** UTC, whole seconds: `2018-02-06T15:36:36Z`. */
export type Timestamp = string;
