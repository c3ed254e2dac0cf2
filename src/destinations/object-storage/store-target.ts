import type { RequestHandler } from './request-handler.ts';

/** Where a bucket is, what it is called, and how to sign in. What the types that write files differ in. */
export interface StoreTarget {
  readonly bucket: string;
  /** Null: Amazon's own, found by the region. */
  readonly endpoint: StoreEndpoint | null;
  /** What to try first; the store says when it is another. */
  readonly region: string;
  readonly credentials: CredentialSource;
}

export interface StoreEndpoint {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

export interface StoreCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When they end and others have to be asked for. */
  readonly expiration?: Date;
}

/** Where credentials come from. */
export interface CredentialSource {
  /** Whoever has to act when they are refused: the owner of the destination, or whoever runs the server. */
  readonly from: 'form' | 'server';
  /**
   * Gets them, as often as asked. Connections that this needs go through the given way out.
   * @throws {CredentialsMissing}
   */
  get(way: RequestHandler): Promise<StoreCredentials>;
}

/** There are none. The message says where they were looked for, and never what was found there. */
export class CredentialsMissing extends Error {
  override readonly name = 'CredentialsMissing';
}

/** Where the store answers for a bucket: `s3.eu-central-1.amazonaws.com`, or the endpoint of the settings. */
export function endpointOf({ endpoint, bucket }: StoreTarget, region: string): StoreEndpoint {
  if (endpoint) return endpoint;
  const host = `s3.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  // A certificate for *.s3.… holds for no further dots.
  return { secure: true, host: bucket.includes('.') ? host : `${bucket}.${host}`, port: 443 };
}
