import type { FastifyRequest } from 'fastify';
import type { HttpSettings } from '../settings.ts';

/**
 * The cookie that holds a browser's session. Scripts cannot read it, other sites cannot make a browser send it, and
 * over TLS the prefix `__Host-` keeps it from being set by a neighbour or sent in the clear.
 */
export interface SessionCookie {
  /** The session's value; null where the request brings none. */
  read(request: FastifyRequest): string | null;
  /** The header Set-Cookie that keeps a value for so long. */
  write(request: FastifyRequest, value: string, seconds: number): string;
  /** The header that takes it away. */
  clear(request: FastifyRequest): string;
}

const shape = /^se_[\w-]{43}$/;

export function createSessionCookie({ publicUrl }: Pick<HttpSettings, 'publicUrl'>): SessionCookie {
  const overTls = (request: FastifyRequest): boolean =>
    request.protocol === 'https' || publicUrl?.startsWith('https:') === true;
  const nameFor = (request: FastifyRequest): string =>
    overTls(request) ? '__Host-backstitch' : 'backstitch';
  const render = (request: FastifyRequest, value: string, seconds: number): string =>
    `${nameFor(request)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${overTls(request) ? '; Secure' : ''}`;

  return {
    read(request) {
      const { cookie } = request.headers;
      if (cookie === undefined) return null;
      const start = `${nameFor(request)}=`;
      const found = cookie.split(';').map((each) => each.trim());
      const value = found.find((each) => each.startsWith(start))?.slice(start.length);
      return value !== undefined && shape.test(value) ? value : null;
    },
    write: render,
    clear: (request) => render(request, '', 0),
  };
}
