import type { Engine } from './engine.ts';
import { readPart, type SpoolPart, spoolUsage } from './operations/spool-parts.ts';
import { packBody, unpackPart } from './packed-body.ts';
import { type Spool, SpoolDamage } from './spool-store.ts';

/** The spool in the store's own database. */
export function createSpool(engine: Engine): Spool {
  async function* stored(batchId: string): AsyncGenerator<SpoolPart> {
    let parts = 1;
    for (let part = 0; part < parts; part += 1) {
      const found = await engine.read(readPart, { batchId, part });
      if (!found) throw new SpoolDamage(batchId, part, 'the part is missing');
      parts = found.parts;
      yield found;
    }
  }

  return {
    async append(batchId, body) {
      const { parts, rawBytes, storedBytes } = packBody(body);
      await engine.write('spool.append', { batchId, parts }, storedBytes);
      return { rawBytes, storedBytes, parts: parts.length };
    },
    async *read(batchId) {
      let index = 0;
      for await (const part of stored(batchId)) yield unpackPart(batchId, index++, part);
    },
    async readPacked(batchId) {
      const parts: SpoolPart[] = [];
      for await (const part of stored(batchId)) parts.push(part);
      const sum = (of: (part: SpoolPart) => number) => parts.reduce((all, part) => all + of(part), 0);
      return {
        parts,
        rawBytes: sum(({ rawBytes }) => rawBytes),
        storedBytes: sum(({ body }) => body.byteLength),
      };
    },
    drop: (batchIds) => engine.write('spool.drop', batchIds),
    usage: () => engine.read(spoolUsage, undefined),
  };
}
