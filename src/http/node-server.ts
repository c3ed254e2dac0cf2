import http, { STATUS_CODES } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyServerFactory } from 'fastify';
import type { HttpSettings } from './settings.ts';

/** Header sections beyond this are refused with 431. */
const maxHeaderBytes = 16_384;

/**
 * The listener, with deadlines for slow senders. Node refuses what could be read in two ways (a length beside chunked
 * encoding, two lengths, a folded or bare-LF header) before any of it reaches a route.
 */
export const createServerFactory =
  ({ tls, timeouts }: HttpSettings): FastifyServerFactory =>
  (handler) => {
    const options = {
      headersTimeout: timeouts.headers,
      requestTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      connectionsCheckingInterval: Math.min(1000, timeouts.headers),
      maxHeaderSize: maxHeaderBytes,
    };
    const server =
      tls === null
        ? http.createServer(options, handler)
        : https.createServer({ ...options, ...tls }, handler);
    server.setTimeout(timeouts.idle);
    return server;
  };

const statuses: Readonly<Record<string, [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large.'],
};

/** Answers what is no HTTP request, or never became a whole one, and closes the connection. */
export function refuseMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, message] = statuses[error.code ?? ''] ?? [400, 'This is not a valid HTTP request.'];
  const code = status === 400 ? 'InvalidRequest' : status === 408 ? 'RequestTimeout' : 'HeadersTooLarge';
  const body = JSON.stringify({ error: code, message });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  socket.destroySoon();
}
