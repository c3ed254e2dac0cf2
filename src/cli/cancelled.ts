import { UsageError } from './usage-error.ts';

/** Somebody who was asked has changed their mind: exit code 2, without a hint how the command is used. */
export class Cancelled extends UsageError {}
