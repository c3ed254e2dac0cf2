/** What a store said when it refused a request, as the AWS SDK hands it on. */
interface StoreError extends Error {
  readonly Code?: string;
  readonly Region?: string;
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** It answered, and not as a store does. */
export class NoStoreAnswer extends Error {
  override readonly name = 'NoStoreAnswer';
}

export const isStoreError = (error: unknown): error is StoreError =>
  error instanceof Error && typeof (error as { $metadata?: unknown }).$metadata === 'object';

/** `NoSuchBucket`; null: the answer names none, as answers without a body. */
export function errorCode(error: unknown): string | null {
  if (!isStoreError(error)) return null;
  const { name } = error;
  return name === '' || /^(Unknown|UnknownError|Error|\d+|S3ServiceException)$/.test(name) ? null : name;
}

/** The answer's HTTP status; null: there was none. */
export const statusOf = (error: unknown): number | null =>
  isStoreError(error) ? (error.$metadata.httpStatusCode ?? null) : null;

/** The region that the store says the bucket is in; null: it does not say. */
export function regionIn(error: unknown): string | null {
  if (!isStoreError(error)) return null;
  const region = error.$response?.headers?.['x-amz-bucket-region'] ?? error.Region;
  return region !== undefined && /^[a-z0-9-]{2,40}$/.test(region) ? region : null;
}
