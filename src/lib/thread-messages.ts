import type { Transferable } from 'node:worker_threads';

/**
 * What a thread's program can be asked, as an interface of functions with one argument each:
 * `interface Parser { parse(body: Uint8Array): Counts }`. What goes in and what comes out crosses as the structured
 * clone makes it: plain values, typed arrays, ports; no functions, and objects without their classes.
 */
export type Functions<Calls> = { readonly [Name in keyof Calls]: (input: never) => unknown };

export type NameOf<Calls> = Extract<keyof Calls, string>;
export type InputOf<Calls extends Functions<Calls>, Name extends keyof Calls> = Parameters<Calls[Name]>[0];
export type OutputOf<Calls extends Functions<Calls>, Name extends keyof Calls> = Awaited<
  ReturnType<Calls[Name]>
>;

/**
 * How errors cross that the other side must tell apart. Both ends are given the same. What has no plain form crosses
 * as an Error with its name, message and stack.
 */
export interface ErrorForms {
  /** Plain data, or undefined for an error that needs no form of its own. */
  toPlain(error: unknown): unknown;
  /** The error again. @param plain what `toPlain` gave. */
  fromPlain(plain: unknown): unknown;
}

export type ToThread =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  /** Nobody waits for the answer any more. */
  | { readonly kind: 'cancel'; readonly id: number };

export type FromThread =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly plain: unknown }
  | { readonly id: number; readonly error: { name: string; message: string; stack: string | undefined } };

/** An answer some of whose memory is given away instead of being copied. */
export class Transfer<Value> {
  readonly value: Value;
  readonly list: readonly Transferable[];
  constructor(value: Value, list: readonly Transferable[]) {
    this.value = value;
    this.list = list;
  }
}
