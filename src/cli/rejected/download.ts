import { existsSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Writes lines as they come; a file is there only when it is whole, and for its owner alone, since records may be of
 * people. `-` is standard output.
 * @returns how many lines there were. @throws {UsageError} when the file is there already, or cannot be made.
 */
export async function download(
  terminal: Terminal,
  stream: ReadableStream<Uint8Array>,
  file: string,
  force: boolean,
): Promise<number> {
  if (file === '-') {
    const decoder = new TextDecoder();
    return await eachChunk(terminal, stream, async (chunk) => {
      terminal.print(decoder.decode(chunk, { stream: true }));
    });
  }
  if (!force && existsSync(file))
    throw new UsageError(
      `${file} is there already: name another with --output, or add --force to replace it`,
    );
  const draft = `${file}.part`;
  try {
    await using handle = await open(draft, 'w', 0o600);
    const lines = await eachChunk(terminal, stream, async (chunk) => {
      await handle.write(chunk);
    });
    await rename(draft, file);
    return lines;
  } catch (error) {
    rmSync(draft, { force: true });
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    throw new UsageError(`${file} cannot be written (${error.code}): name another file with --output`);
  }
}

async function eachChunk(
  terminal: Terminal,
  stream: ReadableStream<Uint8Array>,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<number> {
  let lines = 0;
  try {
    for await (const chunk of stream) {
      await write(chunk);
      for (const byte of chunk) if (byte === lineBreak) lines += 1;
      terminal.progress(`${lines} records`);
    }
    return lines;
  } finally {
    terminal.progress(null);
  }
}

const lineBreak = 0x0a;
