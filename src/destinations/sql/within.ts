/**
 * Works under a deadline of its own and a signal from outside.
 * Not AbortSignal.timeout: thousands of statements a second would each leave a timer behind.
 */
export async function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  const timer = setTimeout(
    () => controller.abort(new DOMException('The server is silent.', 'TimeoutError')),
    milliseconds,
  );
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
