/** A tenant ("Stitch client"). Nothing of another account is ever visible to it. */
export interface Account {
  readonly id: number;
  readonly company: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** `us-east-1`, `eu-central-1`. */
  readonly region: string;
  /** The partner that made it; null for one made by the CLI or at first start. */
  readonly partnerId: string | null;
  /** Destinations it may have; null: the server's default. */
  readonly destinationLimit: number | null;
  /** Checks that may start in a minute; null: the server's default. */
  readonly checksPerMinute: number | null;
  readonly createdAt: number;
  readonly suspendedAt: number | null;
  readonly deletedAt: number | null;
  /** OpenSSH one-line form of the key pair's public half; put it into authorized_keys of a bastion. */
  readonly sshPublicKey: string;
}

/** A token as lists show it: never its value, which is stored hashed only. */
export interface Token {
  readonly id: number;
  readonly accountId: number;
  /** `access` tokens begin with `ac_`, `import` tokens with `at_`. */
  readonly kind: 'access' | 'import';
  /** The last four characters of the value, so that people can tell tokens apart. */
  readonly hint: string;
  readonly name: string | null;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}
