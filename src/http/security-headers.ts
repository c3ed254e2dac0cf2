/**
 * On every answer. Written down instead of computed: @fastify/helmet builds its headers anew for each request, which
 * costs more than the rest of a request here. Strict-Transport-Security only where this process itself serves TLS.
 */
export const securityHeaders = (overTls: boolean): Readonly<Record<string, string>> => ({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  ...(overTls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
});
