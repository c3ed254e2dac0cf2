import type { Timestamp } from './json.ts';

export interface Account {
  readonly id: number;
  readonly company: string;
  readonly region: string;
  readonly created_at: Timestamp;
  /** For `authorized_keys` of a bastion. */
  readonly ssh_public_key: string;
  readonly quotas: {
    /** A limit of null means unlimited. */
    readonly destinations: { readonly limit: number | null; readonly used: number };
    readonly checks_per_minute: number;
  };
  /** Where connections come from, for firewalls. */
  readonly egress_addresses: readonly string[];
  readonly network_policy: 'private' | 'public';
  /** Who made the account over the API, as its users see them; null: whoever runs the server did. */
  readonly partner: AccountPartner | null;
}

export interface AccountPartner {
  readonly name: string;
  /** Path of a picture on this server. */
  readonly logo: string | null;
  /** Where users come from, and go back to: an absolute https address. */
  readonly return_url: string | null;
}

/** Whose session a browser has. */
export interface Session {
  readonly account_id: number;
  readonly expires_at: Timestamp;
}

export interface EphemeralToken {
  readonly ephemeral_token: string;
}
