import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Failure } from '../../errors/failure.ts';
import type { AppParts } from '../app-parts.ts';
import { authenticateRequest, callerOf } from '../auth.ts';
import { readText } from '../query.ts';
import { openEventStream } from './event-stream.ts';

/** What happens in the account, as it happens. */
export function eventRoutes(app: FastifyInstance, parts: AppParts): void {
  const { events, log, settings } = parts;

  app.get('/events', { exposeHeadRoute: false }, async (request, reply) => {
    const { accountId } = callerOf(request);
    const lastEventId = readLastEventId(request);
    let stop = (): void => {};
    const stream = openEventStream(() => stop());
    const watch = await events.watch({ accountId, lastEventId, tell: stream.tell });

    const beat = setInterval(() => {
      stream.beat();
      // A stream outlives the second for which a token is remembered: it is looked up again.
      Promise.resolve()
        .then(() => authenticateRequest(parts, request))
        .catch((error) => {
          if (error instanceof Failure && error.code === 'Unauthorized') stream.end('signed_out');
          else if (!(error instanceof Failure))
            log.error({ err: error }, 'a stream could not be looked after');
        });
    }, settings.eventBeatMilliseconds);
    stop = () => {
      clearInterval(beat);
      watch.stop();
    };
    watch.ended.then(() => stream.end('server_stops'));
    // It ended while the watch began: nobody has stopped that.
    if (stream.body.destroyed || stream.body.readableEnded) stop();
    return reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('x-accel-buffering', 'no')
      .send(stream.body);
  });
}

/** Browsers send it when they come back; the query is for those who cannot send headers. @throws {Failure} */
function readLastEventId(request: FastifyRequest): string | null {
  const header = request.headers['last-event-id'];
  const { last_event_id: text = header } = readText(request, 'last_event_id');
  if (text === undefined || text === '') return null;
  if (typeof text === 'string' && /^[\x21-\x7e]{1,512}$/.test(text)) return text;
  throw new Failure('InvalidQuery', 'last_event_id must be the id of an event, as it was received.');
}
