import { cleanName, columnNameProblem, joint } from './names.ts';
import type { OpenTable } from './open-table.ts';
import type { Reason } from './reject.ts';
import {
  type ColumnType,
  type Dialect,
  pathText,
  type Row,
  type SchemaPlace,
  type TypeRules,
} from './shape.ts';

/**
 * One field of the objects that become rows of a table: what is worked out once, so that a record costs only a look at
 * `positions`.
 */
export interface Field {
  /** Own key in the object. */
  readonly key: string;
  /** From the row's object down. */
  readonly path: readonly string[];
  readonly place: SchemaPlace;
  /** Rules of the place; always `text` where the destination has no types. */
  readonly strings: TypeRules['strings'];
  readonly numbers: TypeRules['numbers'];
  /** Cleaned name of its column. */
  readonly name: string;
  readonly source: string;
  /** Why its scalars are left out, or null. */
  readonly problem: Reason | null;
  /** An int32 column stands for it: whole numbers that fit go there, and larger ones split it. */
  readonly narrow: boolean;
  /** A numeric column that Stitch made stands for it, and no double: numbers go there, however short. */
  readonly wide: boolean;
  /** Position in the row by type; −1 until such a value comes. */
  readonly positions: Record<ColumnType, number>;
  /** Takes values in another way than into a column of their type (keys, system columns); null for most. */
  take: ((value: unknown, row: Row) => Reason | null) | null;
  /** Fields of the objects here; null until one comes. */
  object: FieldGroup | null;
  /** Where elements of arrays here go; null until an array comes. */
  array: ElementFields | null;
}

/** The fields of objects at one place. */
export interface FieldGroup {
  readonly table: OpenTable;
  readonly path: readonly string[];
  readonly place: SchemaPlace;
  /** In the order of the last object that had another one: objects of one sender mostly share theirs. */
  readonly order: Field[];
  readonly byKey: Map<string, Field>;
}

/** How the elements of an array become rows. */
export interface ElementFields {
  readonly table: OpenTable;
  /** Of elements that are objects, by index up to {@link SchemaPlace.tuple}: from there on all share the last. */
  readonly groups: FieldGroup[];
  /** Of all other elements, in the same way. */
  readonly values: Field[];
}

export function createGroup(table: OpenTable, path: readonly string[], place: SchemaPlace): FieldGroup {
  return { table, path, place, order: [], byKey: new Map() };
}

/** Fields of one table that are kept for the next record. Objects with keys like ids would fill the memory. */
const maxRemembered = 10_000;

/** The field of this key, which then is the one expected at this index of the next object. */
export function fieldOf(group: FieldGroup, key: string, index: number, dialect: Dialect): Field {
  const { table, byKey, order } = group;
  const known = byKey.get(key);
  const field = known ?? createField(table, [...group.path, key], group.place.property(key), dialect);
  if (!known) {
    if (table.rememberedFields >= maxRemembered) return field;
    table.rememberedFields += 1;
    byKey.set(key, field);
  }
  if (index <= order.length) order[index] = field;
  return field;
}

export function createField(
  table: OpenTable,
  path: readonly string[],
  place: SchemaPlace,
  dialect: Dialect,
): Field {
  const written = path.join(joint);
  const name = cleanName(written, dialect.names);
  return {
    key: path.at(-1)!,
    path,
    place,
    strings: dialect.typing === 'text' ? 'text' : place.rules.strings,
    numbers: place.rules.numbers,
    name,
    source: pathText(path),
    problem: columnNameProblem(name, written, dialect),
    narrow: table.hasInt32 && holdsInt32(table, name, dialect),
    wide: holdsWide(table, name, dialect),
    positions: {
      boolean: -1,
      int32: -1,
      integer: -1,
      double: -1,
      numeric: -1,
      timestamp: -1,
      text: -1,
      json: -1,
    },
    take: null,
    object: null,
    array: null,
  };
}

const holdsInt32 = ({ draft }: OpenTable, name: string, { suffixes }: Dialect): boolean =>
  [name, `${name}${joint}${suffixes.int32}`].some((column) => draft.find(column)?.type === 'int32');

function holdsWide({ draft, isAdopted }: OpenTable, name: string, { suffixes }: Dialect): boolean {
  const candidates = (type: 'numeric' | 'double') =>
    [name, `${name}${joint}${suffixes[type]}`].filter((column) => draft.find(column)?.type === type);
  return (
    candidates('numeric').some((column) => isAdopted(column) || isAdopted(name)) &&
    candidates('double').length === 0
  );
}
