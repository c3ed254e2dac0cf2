/** A page of a long list. */
export interface Page<T> {
  readonly data: readonly T[];
  /** 1-based. */
  readonly page: number;
  /** Of all pages together. */
  readonly total: number;
  /** Paths; empty when there is one page only. */
  readonly links: { readonly next?: string; readonly previous?: string };
}
