import type * as wire from '@backstitch/client';
import type { FastifyInstance } from 'fastify';
import type { DestinationType } from '../../destinations/destination.ts';
import { Failure } from '../../errors/failure.ts';
import { isJsonObject } from '../../lib/json.ts';
import { renderTypeReportCard } from '../../model/report-card.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../auth.ts';
import { hasOnly, readJsonObject } from '../body.ts';
import { goneSignal } from '../write-options.ts';
import { renderSteps } from './render-check.ts';

interface ByType {
  Params: { type: string };
}

/** What can be connected, and trying it out without saving anything. */
export function destinationTypeRoutes(app: FastifyInstance, parts: AppParts): void {
  const { destinations, types, network } = parts;
  const cards = new Map(types.all.map((type) => [type.type, JSON.stringify(renderCard(type))]));
  const allCards = `[${[...cards.values()].join(',')}]`;
  // The card's `details` are a closed shape to some clients, so that a header carries what they do not know.
  const egress = network.egressAddresses.join(', ');

  app.addHook('onRequest', (_request, reply, done) => {
    if (egress !== '') reply.header('backstitch-egress', egress);
    done();
  });

  app.get('/destination-types', (_request, reply) => reply.send(allCards));

  app.get<ByType>('/destination-types/:type', (request, reply) => {
    const { type } = request.params;
    const card = cards.get(type);
    if (card === undefined) throw new Failure('InvalidType', `invalid destination type (${type})`);
    return reply.send(card);
  });

  app.post<ByType>('/destination-types/:type/check', async (request, reply) => {
    const body = readJsonObject(request);
    const { properties } = body;
    if (!hasOnly(body, ['properties']) || !isJsonObject(properties))
      throw new Failure('InvalidBody', 'The body must be a map with one key, properties, which is a map.');
    const { type } = request.params;
    const outcome = await destinations.tryOut(callerOf(request), type, properties, goneSignal(reply));
    return {
      status: outcome.failure === null ? 'succeeded' : 'failed',
      error: outcome.failure !== null,
      steps: renderSteps(outcome.steps),
    } satisfies wire.TryOutResult;
  });
}

const renderCard = ({ type, form, details, connector }: DestinationType): wire.DestinationType =>
  renderTypeReportCard({ type, form, details, access: connector !== null });
