import type { Failure } from '../errors/failure.ts';

/** Why a check failed when it was not its connector that said so: the words for people, and a stable code. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export const typeUnavailable = (type: string): Finding => ({
  code: 'type_unavailable',
  message: `This server cannot connect to destinations of the type ${type}.`,
  remedy: 'Run a version of the server that has this type, or delete the destination.',
});

export const deadlinePassed = (milliseconds: number): Finding => ({
  code: 'timeout',
  message: `The check had not ended after ${milliseconds / 1000} seconds and was stopped in this step.`,
  remedy: 'See whether the destination is overloaded or its network slow, then run the check again.',
});

export const internalError = (checkName: string): Finding => ({
  code: 'internal_error',
  message: 'The server met a bug of its own in this step; the settings may well be right.',
  remedy: `Run the check again. If it fails the same way, report it with the line that the server's log has for ${checkName}.`,
});

/** An expected failure from below, e.g. a credential that cannot be opened: `SecretUnreadable` → `secret_unreadable`. */
export const findingOf = ({ code, message, remedy }: Failure): Finding => ({
  code: code.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase(),
  message,
  remedy: remedy ?? 'Correct the settings of this destination, then run the check again.',
});
