/** What a check found wrong, or worth a warning: the words for people, and a code that stays the same. */
export interface Finding {
  readonly code: string;
  /** What happened, and where. */
  readonly message: string;
  /** What to do about it, with the concrete names, addresses and statements. */
  readonly remedy: string;
  /** True when the destination itself refused us for credentials or privileges. */
  readonly refused: boolean;
}

/** A finding before its facts are known. Catalogues of these are also what docs/troubleshooting is made from. */
export interface FindingKind<Facts> {
  /** When it is found, in one sentence, for the docs. */
  readonly when: string;
  readonly message: (facts: Facts) => string;
  readonly remedy: (facts: Facts) => string;
  readonly refused?: true;
}

/** Findings by code. */
export type Catalogue = Readonly<Record<string, FindingKind<never>>>;

type FactsOf<Kind> = Kind extends FindingKind<infer Facts> ? Facts : never;

/** Ends the current step of a check with a finding. Every other error that leaves a step is a bug or its deadline. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly finding: Finding;

  constructor(finding: Finding, cause?: unknown) {
    super(finding.message, cause === undefined ? undefined : { cause });
    this.finding = finding;
  }
}

/** The function that makes findings of one catalogue; it takes the facts that the code's sentences name. */
export function findingMaker<C extends Catalogue>(catalogue: C) {
  return <Code extends keyof C & string>(code: Code, facts: FactsOf<C[Code]>): Finding => {
    const kind = catalogue[code] as FindingKind<FactsOf<C[Code]>>;
    return {
      code,
      message: kind.message(facts),
      remedy: kind.remedy(facts),
      refused: kind.refused === true,
    };
  };
}

/** `this server (203.0.113.7, 203.0.113.8)`: who a firewall has to let in. */
export const renderEgress = (addresses: readonly string[]): string =>
  addresses.length === 0 ? 'this server' : `this server (${addresses.join(', ')})`;

/** `db.example.com:5432`, `[::1]:5432`. */
export const renderEndpoint = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
