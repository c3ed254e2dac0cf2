import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may sign: secrets by access key. */
export type Keys = Readonly<Record<string, string>>;

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Uint8Array | string, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/**
 * Verifies the signature (version 4) of a request as Amazon does, from what came over the wire.
 * @returns the code of the error, or null when it is fine.
 */
export function signatureProblem(
  asked: IncomingMessage,
  body: Uint8Array,
  { keys, region, now }: { readonly keys: Keys; readonly region: string; readonly now: number },
): string | null {
  const header = asked.headers.authorization ?? '';
  const [, credential = '', signedNames = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(header) ??
    [];
  const [accessKey = '', day = '', scope = '', service = ''] = credential.split('/');
  if (signature === '') return 'AccessDenied';
  const secret = Object.hasOwn(keys, accessKey) ? keys[accessKey] : undefined;
  if (secret === undefined) return 'InvalidAccessKeyId';
  if (scope !== region) return 'AuthorizationHeaderMalformed';
  const time = String(asked.headers['x-amz-date']);
  const [, year, month, date, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  const sent = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(sent - now) < 15 * 60_000)) return 'RequestTimeTooSkewed';
  if (asked.headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch';

  const [path = '', query = ''] = (asked.url ?? '').split('?');
  const names = signedNames.split(';');
  const canonical = [
    asked.method,
    path,
    query
      .split('&')
      .filter((part) => part !== '')
      .map((part) => (part.includes('=') ? part : `${part}=`))
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${String(asked.headers[name]).trim()}`),
    '',
    signedNames,
    sha256(body),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join(
    '\n',
  );
  const key = [day, region, service, 'aws4_request'].reduce<Uint8Array | string>(hmac, `AWS4${secret}`);
  const expected = hmac(key, text);
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? null
    : 'SignatureDoesNotMatch';
}
