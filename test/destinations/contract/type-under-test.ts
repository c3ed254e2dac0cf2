import type { TableCapabilities } from '../../../src/destinations/capabilities.ts';
import type {
  CloudEnvironment,
  DestinationType,
  LoadContext,
} from '../../../src/destinations/destination.ts';
import type { Session } from '../../../src/destinations/session.ts';
import type { Properties } from '../../../src/model/form.ts';
import type { ColumnType } from '../../../src/shape/shape.ts';
import type { StandingRow } from './normal-form.ts';

/** What a type gives the contract suite: a real server, and eyes of the test's own to look into it. */
export interface TypeUnderTest {
  readonly type: DestinationType;
  /** Of the capabilities' tables, the entry that is tested; null where there is only one. */
  readonly format: string | null;
  /** How the server calls the type of a column; left out where there are no types. */
  readonly columnTypes?: Readonly<Partial<Record<ColumnType, string>>>;
  /** Starts the server. Called once for each test file. */
  start(): Promise<ServerUnderTest>;
  /** Ways that rows take inside the type, when there are several: loads are tested on each of them. */
  readonly ways?: readonly Way[];
}

/** A way that rows take: the session is opened with tuning that the server would not use for so few. */
export interface Way {
  readonly name: string;
  open(properties: Properties, context: LoadContext): Promise<Session>;
}

export interface ServerUnderTest extends AsyncDisposable {
  /** A place of its own for one test: nothing stands there. Cheap; there are hundreds. */
  openPlace(): Promise<PlaceUnderTest>;
}

export interface PlaceUnderTest extends AsyncDisposable {
  /** The schema that is loaded into. */
  readonly schema: string;
  /** What a destination that leads there stores, its credentials included. @param port another one in front of it. */
  properties(port?: number): Properties;
  /** What the environment of our server has to say about clouds, for a type that goes by it. @param port as above. */
  cloud?(port?: number): CloudEnvironment;
  /** Where the server listens; null: nothing to put a proxy in front of. */
  readonly port: number | null;
  /** Properties whose values are secret. */
  readonly secrets: readonly string[];
  /** Everything that a check might leave behind, by name. */
  objects(): Promise<readonly string[]>;
  /** Tables of the schema, but for those of ours and that of the rejections; by the destination's name. */
  tables(): Promise<readonly string[]>;
  /** The rows of a table, in any order. Empty when it does not stand. */
  rows(table: string): Promise<readonly StandingRow[]>;
  /** Columns of a table with the server's word for their type; empty where there are none. */
  columns(table: string): Promise<Readonly<Record<string, string>>>;
  /** What `_sdc_rejected` holds, by position. */
  rejected(): Promise<readonly RejectedRow[]>;
  /** Does what an owner of tables may do to them; left out where there are no columns to alter. */
  readonly owner?: OwnerOfTables;
}

export interface RejectedRow {
  readonly table: string;
  readonly reason: string;
  readonly record: string;
  readonly loadId: string;
  readonly position: number;
  readonly kind: string;
}

/** Somebody who alters tables by hand. */
export interface OwnerOfTables {
  dropTable(table: string): Promise<void>;
  dropColumn(table: string, column: string): Promise<void>;
  /** A nullable column of text. */
  addColumn(table: string, column: string): Promise<void>;
  /** Sets a column of text in every row. */
  fill(table: string, column: string, text: string): Promise<void>;
  /** A table with one whole number `id` as its key, and nothing that tells it was ours. */
  createTable(table: string): Promise<void>;
  dropKey(table: string): Promise<void>;
}

/** The entry of the capabilities that a type is tested for. */
export function tablesUnderTest(
  tables: readonly TableCapabilities[],
  format: string | null,
): TableCapabilities {
  const found = tables.find((each) => each.format === format);
  if (!found) throw new Error(`the type keeps no tables of the format ${format}`);
  return found;
}
