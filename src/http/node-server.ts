import http, { type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyServerFactory } from 'fastify';
import type { HttpSettings } from './settings.ts';

/** Header sections beyond this are refused with 431. */
const maxHeaderBytes = 16_384;

const newestAnswer = Symbol('newest answer');

/** A connection that knows its newest answer. A property, since a WeakMap here costs a tenth of a short request. */
interface Connection extends Socket {
  [newestAnswer]?: ServerResponse;
}

/**
 * Whether an answer may be written past the framework: not into one that is under way, nor after one that was already
 * given to the request whose body turns out to be malformed.
 */
function mayAnswer(socket: Connection): boolean {
  const answer = socket[newestAnswer];
  if (answer === undefined) return socket.writable;
  return socket.writable && (answer.req.complete ? answer.writableFinished : !answer.headersSent);
}

/**
 * The listener, with deadlines for slow senders. Node refuses what could be read in two ways (a length beside chunked
 * encoding, two lengths, a folded header); what it only finds out after it has passed the request on is refused here.
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
    const listener: RequestListener = (request, response) => {
      (request.socket as Connection)[newestAnswer] = response;
      const { 'transfer-encoding': encoding = 'chunked' } = request.headers;
      if (encoding.toLowerCase() === 'chunked') handler(request, response);
      else refuseMalformedRequest(new Error('unknown transfer encoding'), request.socket);
    };
    const server =
      tls === null
        ? http.createServer(options, listener)
        : https.createServer({ ...options, handshakeTimeout: timeouts.headers, ...tls }, listener);
    server.setTimeout(timeouts.idle);
    return server;
  };

interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly message: string;
}

const malformed: Refusal = {
  status: 400,
  error: 'InvalidRequest',
  message: 'This is not a valid HTTP request.',
};

const refusals: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    error: 'RequestTimeout',
    message: 'The request took too long to arrive.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    error: 'HeadersTooLarge',
    message: 'The headers of the request are too large.',
  },
};

/** Answers what is no HTTP request, or never became a whole one, and closes the connection. */
export function refuseMalformedRequest(reason: Error & { code?: string }, socket: Socket): void {
  if (reason.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, ...body } = refusals[reason.code ?? ''] ?? malformed;
  const text = JSON.stringify(body);
  if (mayAnswer(socket))
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    );
  socket.destroySoon();
}
