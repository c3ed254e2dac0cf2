import { Duplex } from 'node:stream';

/** Judges what a server sends before its driver sees it. */
export interface ServerJudge {
  /**
   * Takes a chunk as it came and gives back what the driver may read now; keeps the rest.
   * @throws whatever ends the connection.
   */
  accept(chunk: Buffer): Buffer;
  /** The error for what the driver itself could not read. */
  unreadable(cause: unknown): Error;
}

/**
 * The connection as a driver gets it: ready, with everything the server sends judged before. Errors end the
 * connection and nothing else, even those that the driver throws while it reads.
 */
export class DriverStream extends Duplex {
  readonly #connection: Duplex;
  readonly #judge: ServerJudge;

  constructor(connection: Duplex, judge: ServerJudge) {
    super();
    this.#connection = connection;
    this.#judge = judge;
    // The driver listens too, but only from its first use on.
    this.on('error', () => {});
    connection.on('data', (chunk: Buffer) => {
      try {
        const complete = judge.accept(chunk);
        if (complete.length > 0 && !this.push(complete)) connection.pause();
      } catch (error) {
        this.destroy(error as Error);
      }
    });
    connection.on('end', () => this.push(null));
    connection.on('error', (error) => this.destroy(error));
    connection.on('close', () => this.destroy());
    // It may have broken between two steps, when nobody listened.
    if (connection.destroyed) this.destroy(connection.errored ?? undefined);
  }

  /** The driver asks for a connection that we have made; it only waits for the event. */
  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  /** Set where the connection was made. */
  setNoDelay(): this {
    return this;
  }

  /** The driver reads in `data` listeners: what those throw would otherwise end the process. */
  override emit(event: string | symbol, ...rest: unknown[]): boolean {
    if (event !== 'data') return super.emit(event, ...rest);
    try {
      return super.emit(event, ...rest);
    } catch (error) {
      this.destroy(this.#judge.unreadable(error));
      return true;
    }
  }

  override _read(): void {
    this.#connection.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#connection.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#connection.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection.destroy();
    done(error);
  }
}
