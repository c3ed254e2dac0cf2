import type { IncomingHttpHeaders } from 'node:http';
import type { BatchFormat } from '../../store/load-store.ts';
import { ImportRefusal } from './refusal.ts';

export type Encoding = 'identity' | 'gzip' | 'zstd';

const encodings: Readonly<Record<string, Encoding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  zstd: 'zstd',
};

const essence = ({ 'content-type': type = '' }: IncomingHttpHeaders): string =>
  (type.split(';')[0] ?? '').trim().toLowerCase();

const encodingOf = ({ 'content-encoding': encoding = '' }: IncomingHttpHeaders): Encoding | undefined => {
  const name = encoding.trim().toLowerCase();
  return Object.hasOwn(encodings, name) ? encodings[name] : undefined;
};

/** How the body of a batch is written. @throws {ImportRefusal} 415 */
export function readBatchType(headers: IncomingHttpHeaders): { format: BatchFormat; encoding: Encoding } {
  if (essence(headers) !== 'application/json')
    throw new ImportRefusal(415, 'Content-Type must be application/json');
  const encoding = encodingOf(headers);
  if (encoding === undefined) throw new ImportRefusal(415, 'Content-Encoding must be gzip or zstd');
  return { format: 'batch', encoding };
}

const pushFormats: Readonly<Record<string, BatchFormat>> = {
  'application/json': 'push',
  'application/transit+json': 'push_transit',
};

/** The same of a push. @throws {ImportRefusal} 415 */
export function readPushType(headers: IncomingHttpHeaders): { format: BatchFormat; encoding: Encoding } {
  const type = essence(headers);
  const format = Object.hasOwn(pushFormats, type) ? pushFormats[type] : undefined;
  if (format === undefined)
    throw unsupported(
      `Unsupported content-type ${type || '(none)'}. Please send application/json or application/transit+json`,
    );
  const encoding = encodingOf(headers);
  if (encoding === undefined)
    throw unsupported(
      `Unsupported content-encoding ${headers['content-encoding']}. Please send gzip or zstd, or none`,
    );
  return { format, encoding };
}

const unsupported = (message: string): ImportRefusal => new ImportRefusal(415, { status: 'ERROR', message });
