import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A disk of a test's own that is soon full. Only root may mount one. */
export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** Makes room, or takes it away, beside whatever uses it. */
  resize(megabytes: number): void;
}

export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'backstitch', folder]);
  return {
    folder,
    resize: (size) => void execFileSync('mount', ['-o', `remount,size=${size}m`, folder]),
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
