/** What people need to fill in the form of a type, beside its report card. */
export interface DestinationForm {
  readonly type: string;
  /** For people: `PostgreSQL`. */
  readonly title: string;
  /** Whether this server can connect it. */
  readonly access: boolean;
  /** In the order in which people are asked. */
  readonly properties: readonly DestinationFormProperty[];
}

export interface DestinationFormProperty {
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** `lines` is text of several lines. */
  readonly kind: 'string' | 'lines' | 'integer' | 'boolean' | 'object';
  /** What is used when nothing is given. */
  readonly default: string | null;
  /** What most give, for a form to begin with. */
  readonly usual: string | null;
  /** The server makes one when none is given. */
  readonly generated: boolean;
}
