import type { DestinationType } from '../../src/destinations/destination.ts';
import { findType } from '../../src/destinations/registry.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { type ScriptedCheck, success } from './scripted-type.ts';

/** The form of a real type with a check that the test writes; by default it succeeds at once. */
export function connected(name: string, check: ScriptedCheck = async () => success): DestinationType {
  const type = findType(name);
  if (type === undefined) throw new Error(`there is no type ${name}`);
  return {
    ...type,
    connector: async () => ({
      capabilities: { sshTunnel: true, tls: 'none', schemas: true, tables: [] },
      resolve: (properties) => properties,
      check: async (properties, context) => await check(context, properties as Record<string, string>),
    }),
  };
}

/** The seed's `connection`, with values of a test. */
export const connection = (changes: Record<string, Json> = {}): JsonObject => ({
  host: 'db.example.com',
  port: 5432,
  username: 'loader',
  database: 'warehouse',
  password: 'first-password',
  ssl: false,
  ...changes,
});

/** A body of v3. */
export const v3Body = (changes: Record<string, Json> = {}): JsonObject => ({
  type: 'postgres',
  connection: connection(changes),
});

/** A body of v4. */
export const v4Body = (changes: Record<string, Json> = {}): JsonObject => ({
  type: 'postgres',
  properties: connection(changes),
});

/** A destination of v3 as a client reads it. */
export interface V3Destination {
  readonly id: number;
  readonly type: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly connection: JsonObject;
  readonly last_check: {
    readonly error: boolean;
    readonly started_at: string;
    readonly completed_at: string;
  } | null;
}

/** A destination of v4, as far as tests look at it. */
export interface V4Destination {
  readonly id: number;
  readonly stitch_client_id: number;
  readonly name: string;
  readonly description: string | null;
  readonly properties: JsonObject;
  readonly check_job_name: string;
  readonly updated_at: string;
  readonly report_card: { readonly current_step: number; readonly current_step_type: string };
}
