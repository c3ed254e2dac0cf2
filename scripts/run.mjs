import { spawn } from 'node:child_process';
import process from 'node:process';

/**
 * Runs a program in this one's place: same terminal, same process group, same exit code. SIGTERM, SIGINT and SIGHUP
 * reach it once; when the npm that started it is gone, it gets a SIGTERM.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; when a signal ended it, this process ends by the same one
 */
export function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // A terminal sends Ctrl-C and its own end to the whole group: the child has them already.
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const stopListening = [
    forwardOnce('SIGTERM', child),
    forwardOnce('SIGINT', terminal ? null : child),
    forwardOnce('SIGHUP', terminal ? null : child),
    outlivingNpm(() => child.kill('SIGTERM')),
  ];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const stop of stopListening) stop();
      if (signal) process.kill(process.pid, signal);
      else resolve(code ?? 1);
    });
  });
}

/**
 * npm sends signals on as well, so that one may come several times.
 * @param {NodeJS.Signals} signal
 * @param {import('node:child_process').ChildProcess | null} child
 */
function forwardOnce(signal, child) {
  let sent = false;
  const listener = () => {
    if (!sent) child?.kill(signal);
    sent = true;
  };
  process.on(signal, listener);
  return () => process.removeListener(signal, listener);
}

/**
 * npm that is killed says nothing to what it runs: a server would keep its port and its data for ever.
 * @param {() => void} listener
 */
function outlivingNpm(listener) {
  const parent = process.ppid;
  const timer = process.env.npm_lifecycle_event
    ? setInterval(() => {
        if (process.ppid === parent) return;
        clearInterval(timer);
        listener();
      }, 500)
    : undefined;
  return () => clearInterval(timer);
}
