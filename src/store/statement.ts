import type { CompiledQuery, Kysely } from 'kysely';
import { assert } from '../errors/bug.ts';
import { Failure } from '../errors/failure.ts';
import type { Dialect } from './dialect.ts';
import type { Schema } from './schema.ts';

/**
 * A query that is built and compiled once for each dialect and then only given values. `Values` are its parameters by
 * name, `Row` is what it returns.
 */
export interface Statement<Values, Row> {
  compiled(dialect: Dialect): CompiledStatement;
  /** Only for the compiler: no value stands here. */
  readonly types?: (values: Values) => Row;
}

export interface CompiledStatement {
  /** Of its own within the process, for engines that keep prepared statements by name. */
  readonly name: string;
  readonly sql: string;
  /** The values in the order in which the SQL takes them. */
  bind(values: Readonly<Record<string, unknown>>): unknown[];
}

/** Stands in a query where the value of that name will stand. */
class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

let compiledSoFar = 0;

/** Where the value of that name will stand. */
export type Given<Values> = <Name extends keyof Values & string>(name: Name) => Values[Name];

/**
 * ```
 * const tokenByHash = statement<{ hash: string }>()((db, given) =>
 *   db.selectFrom('tokens').selectAll().where('hash', '=', given('hash')));
 * ```
 * Two calls, because TypeScript infers either all type arguments of a call or none.
 */
export function statement<Values = Record<never, never>>() {
  return <Row>(
    build: (
      db: Kysely<Schema>,
      given: Given<Values>,
      dialect: Dialect,
    ) => { compile(): CompiledQuery<Row> } | CompiledQuery<Row>,
  ): Statement<Values, Row> => {
    const byDialect = new Map<Dialect, CompiledStatement>();
    const compile = (dialect: Dialect): CompiledStatement => {
      const given = ((name: string) => new Placeholder(name)) as unknown as Given<Values>;
      const built = build(dialect.queries, given, dialect);
      const { sql, parameters } = 'compile' in built ? built.compile() : built;
      compiledSoFar += 1;
      const name = `statement_${compiledSoFar}`;
      return { name, sql, bind: (values) => parameters.map((parameter) => valueFor(parameter, values)) };
    };
    return {
      compiled(dialect) {
        const known = byDialect.get(dialect);
        if (known) return known;
        const made = compile(dialect);
        byDialect.set(dialect, made);
        return made;
      },
    };
  };
}

function valueFor(parameter: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (!(parameter instanceof Placeholder)) return parameter;
  const value = values[parameter.name];
  assert(value !== undefined, `the query was not given a value for ${parameter.name}`);
  if (typeof value === 'string') requireStorable(value);
  return value;
}

/** What one of the engines would refuse or silently change is refused on both. */
function requireStorable(text: string): void {
  if (text.isWellFormed() && !text.includes('\0')) return;
  throw new Failure(
    'InvalidBody',
    'A text contains a character that cannot be stored (NUL or half a surrogate pair).',
    {
      remedy: 'Leave that character out.',
    },
  );
}
