import { createHmac } from 'node:crypto';

/**
 * The value of `X-Backstitch-Signature`: the time in seconds since 1970 and an HMAC-SHA256 over `<time>.<body>` in hex.
 * A receiver that refuses old times cannot be told the same again by somebody who listened.
 */
export function signMessage(secret: string, body: string, milliseconds: number): string {
  const time = Math.floor(milliseconds / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}
