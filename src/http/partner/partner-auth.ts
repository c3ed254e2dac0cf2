import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bug } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import type { PartnerStore } from '../../store/partner-store.ts';
import type { FailedLogins } from '../failed-logins.ts';
import type { HttpSettings } from '../settings.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Id of the partner who asks; set before the handler of every route that needs a partner's secret. */
    partnerId: string | null;
  }
}

/** Knows partners from the store and the one of the configuration. */
export interface PartnerAuth {
  /**
   * What is wrong with the credentials, or null. A wrong secret counts against the address.
   * @throws {Failure} TooManyRequests after too many failures from the address.
   */
  verify(id: string, secret: string, address: string): Promise<'partner_id' | 'partner_secret' | null>;
}

export function createPartnerAuth(options: {
  readonly partners: PartnerStore;
  readonly failedLogins: FailedLogins;
  readonly settings: HttpSettings;
}): PartnerAuth {
  const { partners, failedLogins, settings } = options;

  const secretHashOf = async (id: string): Promise<string | null> => {
    if (settings.partner?.id === id) return settings.partner.secretHash;
    return (await partners.find(id))?.secretHash ?? null;
  };

  return {
    async verify(id, secret, address) {
      failedLogins.refuseIfTooMany(address);
      const expected = id === '' || id.includes('\0') ? null : await secretHashOf(id);
      // Compared even where there is nothing to compare with, so that both ways take as long.
      const matches = equalHashes(hash('sha256', secret), expected ?? hash('sha256', ''));
      if (expected !== null && matches && secret !== '') return null;
      const failure = failedLogins.failed(address, new Failure('Unauthorized'));
      if (failure.code === 'TooManyRequests') throw failure;
      return expected === null ? 'partner_id' : 'partner_secret';
    },
  };
}

const equalHashes = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Hook of the routes that take `Basic partner_id:partner_secret`. */
export const requirePartner =
  (auth: PartnerAuth) =>
  async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    if (request.is404) return;
    const { id, secret } = parseBasic(request.headers.authorization);
    if ((await auth.verify(id, secret, request.ip)) !== null)
      throw new Failure('Unauthorized', 'This call needs the credentials of a partner.', {
        remedy: 'Send partner_id and partner_secret as user and password (HTTP Basic).',
      });
    request.partnerId = id;
  };

/** The partner of a route behind {@link requirePartner}. */
export function partnerOf(request: FastifyRequest): string {
  if (request.partnerId === null)
    throw new Bug(`${request.routeOptions.url} is not behind the partner check`);
  return request.partnerId;
}

/** User and password of a Basic header; both empty where there is none. */
function parseBasic(authorization: string | undefined): { id: string; secret: string } {
  const [, encoded = ''] = /^basic[ \t]+([A-Za-z0-9+/=_-]+)[ \t]*$/i.exec(authorization ?? '') ?? [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { id: '', secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
