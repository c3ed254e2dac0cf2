import type { JsonObject } from '../lib/json.ts';

/** Who sets a property, and whether it may change. Words of the Connect API's report cards. */
export type PropertyType =
  | 'user_provided'
  | 'user_provided_immutable'
  | 'user_provided_advanced'
  | 'system_provided_by_default'
  | 'read_only';

/**
 * One property of a destination's form. The form is the one source of the report card, validation, masking, the
 * console's inputs and the docs. The first six members are wire facts (reference/destination-types.json); the rest is
 * ours and is never shown in a report card.
 */
export interface FormProperty {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isCredential: boolean;
  readonly systemProvided: boolean;
  readonly propertyType: PropertyType;
  /** JSON Schema of the value as v4 sends it (scalars are strings there). Null: read only, cannot be set. */
  readonly jsonSchema: JsonObject | null;
  /** The JSON type v3 shows: `port` is a number there and `ssl` a boolean. Objects are objects in both. */
  readonly natural: 'string' | 'integer' | 'boolean' | 'object';
  /** Used on create when the property is not given; one that has a default need not be named by a v3 PUT. */
  readonly defaultValue?: string;
  /** What most give, where there is such a value: forms for people begin with it. The server never uses it by itself. */
  readonly usual?: string;
  /**
   * Control characters a text may contain: none unless stated, `tab` (a delimiter), or `lines`: line breaks and tabs
   * (a certificate).
   */
  readonly controlCharacters?: 'tab' | 'lines';
  /** Decides where a stored secret travels: changing it without the credential is subject to network policy. */
  readonly routing?: true;
  /**
   * A credential by the report card that its owner may read (`sentinel_key`): v3 shows it, v4 only in the answer to
   * the POST that made it. It is stored with the plain properties; every other credential is sealed.
   */
  readonly shownToOwner?: true;
  /** Makes the value on create when none is given (`sentinel_key`). */
  readonly generate?: () => string;
  /** v3 leaves the property out while this holds of the stored properties (SSH keys without a tunnel). */
  readonly hiddenInV3?: (properties: Properties) => boolean;
  /** One sentence for people who fill in the form. */
  readonly help: string;
}

/** A step before `fully_configured`; `form` is the first of every type, data.world adds `oauth`. */
export interface FormStep {
  readonly type: 'form' | 'oauth';
  readonly properties: readonly FormProperty[];
}

export interface Form {
  /** In the order of the report card. */
  readonly steps: readonly FormStep[];
  /** Names in the order in which v3 shows them in `connection`; every property stands here once. */
  readonly v3Order: readonly string[];
  /**
   * Properties outside the report card that are accepted and kept because a documented client sends them (`ssl` on
   * redshift and panoply).
   */
  readonly tolerated: readonly FormProperty[];
  /**
   * Rules between properties (SSH fields when encryption_type is ssh, sslrootcert without ssl …). Gets the merged
   * candidate and the names given in this request; returns what is wrong, or nothing.
   */
  readonly rules: readonly FormRule[];
  /** Names of properties that have lost their meaning in the merged candidate and are dropped from it. */
  readonly meaningless?: (properties: Properties) => readonly string[];
}

export interface FormRuleInput {
  /**
   * The plain properties after the merge and the credentials given in this request; stored credentials that are kept
   * are not in it, and neither is a property that is missing or already found bad.
   */
  readonly candidate: Properties;
  /** Names whose value this request sets to something other than what is stored. */
  readonly changed: ReadonlySet<string>;
}

export type FormRule = (input: FormRuleInput) => readonly BadProperty[];

export interface BadProperty {
  readonly name: string;
  /** What is wrong and what would be right, for people; without the value if the property is a credential. */
  readonly why: string;
}

/**
 * Stored values by property name. Scalars are kept in v4's form, as strings (`"5432"`, `"true"`), objects as they are.
 * A credential's value is present only while it is being set or used; at rest it is sealed apart.
 */
export type PropertyValue = string | JsonObject;
export type Properties = Readonly<Record<string, PropertyValue>>;

/** True for a credential that is sealed at rest and never leaves the server. */
export const isSealed = (property: FormProperty): boolean => property.isCredential && !property.shownToOwner;
