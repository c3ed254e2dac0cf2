/** Sends what hooks are told to their receivers, at least once each, for as long as it runs. */
export interface HookSender extends AsyncDisposable {
  /** Starts taking deliveries. Call once. */
  start(): void;
  /** Calls back after each attempt of this process. Returns a function that ends it. */
  onEvent(listener: (event: HookEvent) => void): () => void;
  /**
   * Takes no more deliveries, cuts off those under way and gives them back: they are sent again by whoever takes them
   * next. May be called twice.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface HookEvent {
  /**
   * `sent`: it was received. `retried`: it was not, and waits. `failed`: it was given up. `dropped`: it waited for too
   * long, or too many others waited behind it.
   */
  readonly kind: 'sent' | 'retried' | 'failed' | 'dropped';
  readonly deliveries: number;
}
