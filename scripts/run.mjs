import { spawn } from 'node:child_process';
import process from 'node:process';

/**
 * Runs a program in this one's place: same terminal, same process group, same exit code. SIGTERM, SIGINT and SIGHUP
 * reach it once.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; when a signal ended it, this process ends by the same one
 */
export function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // A terminal sends Ctrl-C to the whole group: the child has it already.
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const listeners = Object.entries({ SIGTERM: true, SIGINT: !terminal, SIGHUP: !terminal }).map(
    ([signal, forward]) => {
      let sent = false;
      const listener = () => {
        if (forward && !sent) child.kill(signal);
        sent = true;
      };
      process.on(signal, listener);
      return { signal, listener };
    },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const entry of listeners) process.removeListener(entry.signal, entry.listener);
      if (signal) process.kill(process.pid, signal);
      else resolve(code ?? 1);
    });
  });
}
