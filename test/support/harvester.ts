import type { Socket } from 'node:net';
import { startEchoServer } from './echo-server.ts';

/** What a PostgreSQL asks for when somebody signs in. */
export type Demand = 'clear text' | 'md5' | 'scram';

/** A listener of somebody who wants a password: it speaks like a PostgreSQL without TLS and keeps what it is sent. */
export interface Harvester extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  /** Everything that was sent to it. */
  readonly received: Buffer;
}

export async function startHarvester(demand: Demand): Promise<Harvester> {
  const chunks: Buffer[] = [];
  const server = await startEchoServer({
    answer(socket) {
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        reply(socket, chunk, demand);
      });
    },
  });
  return {
    host: server.host,
    port: server.port,
    get connections() {
      return server.connections;
    },
    get received() {
      return Buffer.concat(chunks);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const tlsRequest = 80_877_103;
const salt = Buffer.from('0123456789abcdef');

/** Messages of a sign-in are small and come one at a time, each in one chunk. */
function reply(socket: Socket, chunk: Buffer, demand: Demand): void {
  const passwordMessage = chunk[0] === 'p'.charCodeAt(0);
  if (chunk.length === 8 && chunk.readInt32BE(4) === tlsRequest) socket.write('N');
  else if (!passwordMessage) socket.write(demands[demand]);
  else {
    const nonce = /\br=([^,\0]+)/.exec(chunk.toString('latin1'))?.[1];
    const goesOn = demand === 'scram' && chunk.includes('n,,n=');
    if (!goesOn) socket.end(refusal);
    else socket.write(authentication(11, Buffer.from(`r=${nonce}more,s=${salt.toString('base64')},i=4096`)));
  }
}

const authentication = (method: number, rest: Buffer = Buffer.alloc(0)): Buffer => {
  const head = Buffer.from('R\0\0\0\0\0\0\0\0', 'latin1');
  head.writeInt32BE(8 + rest.length, 1);
  head.writeInt32BE(method, 5);
  return Buffer.concat([head, rest]);
};

const demands: Readonly<Record<Demand, Buffer>> = {
  'clear text': authentication(3),
  md5: authentication(5, salt.subarray(0, 4)),
  scram: authentication(10, Buffer.from('SCRAM-SHA-256\0\0')),
};

const refusal = ((): Buffer => {
  const fields = Buffer.from('SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0');
  const head = Buffer.from('E\0\0\0\0', 'latin1');
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
})();
