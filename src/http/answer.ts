import type { FastifyReply } from 'fastify';
import type { Written } from '../control/control.ts';
import type { StoredAnswer } from '../store/store.ts';
import { renderEtag } from './etag.ts';
import type { Preferences } from './prefer.ts';

/** An answer as plain data: it can be sent, and kept for a repeated request. */
export type Answer = StoredAnswer;

/** The answer to a write: the destination's text, its revision, and the check that was started or proved it. */
export const writtenAnswer = (written: Written, body: string, preferences: Preferences): Answer => ({
  status: 200,
  headers: { etag: renderEtag(written.destination.revision), ...startedHeaders(written, preferences) },
  body,
});

/** Headers that name the check a call started, so that its caller can wait for exactly that one. */
export const startedHeaders = (
  { checkName }: Pick<Written, 'checkName'>,
  { applied }: Preferences,
): Readonly<Record<string, string>> => ({
  'backstitch-check': checkName,
  ...(applied === null ? {} : { 'preference-applied': applied }),
});

export const sendAnswer = (reply: FastifyReply, { status, headers, body }: Answer): FastifyReply =>
  reply.code(status).headers(headers).send(body);
