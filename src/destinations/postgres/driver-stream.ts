import { Duplex } from 'node:stream';
import { type BackendMessages, ProtocolError } from './backend-messages.ts';

/**
 * The connection as the driver gets it: ready, with every message of the server judged before. Errors end the
 * connection and nothing else, even those that the driver throws while it reads.
 */
export class DriverStream extends Duplex {
  readonly #connection: Duplex;

  constructor(connection: Duplex, messages: BackendMessages) {
    super();
    this.#connection = connection;
    // The driver listens too, but only from its first use on.
    this.on('error', () => {});
    connection.on('data', (chunk: Buffer) => {
      try {
        const complete = messages.accept(chunk);
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
      this.destroy(new ProtocolError('not_postgres', 'The driver cannot read what the server sent.', error));
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
