import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * An SSH channel as a well-behaved stream. ssh2's own never reports that it was destroyed, and drops the callback of
 * a write when the far side has closed, which leaves whatever runs on top of it waiting for ever.
 */
export function openChannelStream(channel: ClientChannel): Duplex {
  const stream = new Duplex({
    read: () => void channel.resume(),
    write: (chunk, _encoding, done) => void channel.write(chunk, done),
    final(done) {
      channel.end();
      done();
    },
    destroy(error, done) {
      channel.close();
      done(error);
    },
  });
  channel.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) channel.pause();
  });
  channel.on('end', () => stream.push(null));
  channel.on('close', () => {
    // What has arrived may still be read; only then is it closed.
    if (stream.readableEnded) stream.destroy();
    else stream.once('end', () => stream.destroy());
  });
  // A connection that breaks while nobody listens must not end the process.
  channel.on('error', () => stream.destroy());
  stream.on('error', () => {});
  return stream;
}
