import type { FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { HttpSettings } from '../settings.ts';

/** A page of another site cannot make a browser send it without asking us first, and we never say yes. */
const sessionHeader = 'backstitch-session';

const readOnly: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * A browser sends its cookie by itself, whoever made it ask: here a request that changes something has to show that
 * it comes from a page of ours. What the browser says about the page (Sec-Fetch-Site, Origin) is believed against it,
 * never for it.
 * @throws {Failure} Forbidden
 */
export function refuseOtherSites(
  request: FastifyRequest,
  { publicUrl }: Pick<HttpSettings, 'publicUrl'>,
): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw otherSite();
  if (readOnly.includes(request.method)) return;
  if (request.headers[sessionHeader] === undefined)
    throw new Failure(
      'Forbidden',
      'A browser that is signed in has to say that it means to change something.',
      {
        remedy: 'Send the header "Backstitch-Session: 1".',
      },
    );
  if (origin !== undefined && !isOurs(origin, request, publicUrl)) throw otherSite();
}

const otherSite = (): Failure =>
  new Failure('Forbidden', 'This request was made by a page of another site.', {
    remedy:
      'Behind a proxy, see that it passes Host on, or set BACKSTITCH_PUBLIC_URL to the address that browsers use.',
  });

function isOurs(origin: string, request: FastifyRequest, publicUrl: string | null): boolean {
  if (!URL.canParse(origin)) return false;
  const { host, origin: named } = new URL(origin);
  return host === request.host || (publicUrl !== null && new URL(publicUrl).origin === named);
}
