import type { Logo } from '../model/logo.ts';

/** Who may make accounts over the API, and what the users of those accounts see of them. */
export interface PartnerStore {
  /** Adds a partner, or replaces its name and secret. Its branding stays. */
  put(partner: { id: string; name: string; secretHash: string }): Promise<void>;
  find(id: string): Promise<{ id: string; name: string; secretHash: string } | null>;
  /** Oldest first. */
  list(): Promise<ListedPartner[]>;
  /** Changes what is given; null takes it away. False: there is no such partner. */
  brand(id: string, change: BrandingChange): Promise<boolean>;
  /** Null: there is no such partner. */
  branding(id: string): Promise<Branding | null>;
  /** Null: there is no such partner, or it has none. */
  logo(id: string): Promise<Logo | null>;
  remove(id: string): Promise<boolean>;
}

export interface ListedPartner {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly logoType: string | null;
  readonly returnUrl: string | null;
}

export interface Branding {
  readonly name: string;
  /** SHA-256 of the logo, hex; null: it has none. */
  readonly logoHash: string | null;
  readonly returnUrl: string | null;
}

export interface BrandingChange {
  readonly name?: string;
  readonly logo?: Logo | null;
  readonly returnUrl?: string | null;
}
