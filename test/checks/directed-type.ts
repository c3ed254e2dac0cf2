import { once } from 'node:events';
import type { DestinationType } from '../../src/destinations/destination.ts';
import type { CheckOutcome } from '../../src/model/check.ts';
import { failedStep, passedStep, scriptedType } from '../support/scripted-type.ts';

/**
 * A destination type whose check connects to its host (`address:port`), says who it is, and takes the answer as its
 * result: `pass`, `fail` or `crash`. See {@link startDirector}.
 */
export const directedType: DestinationType = scriptedType(async (context, { host = '', password = '' }) => {
  const { network, signal, onStep } = context;
  const [address = '', port] = String(host).split(':');
  onStep('connect', null);
  const judged = network.judge(await network.resolve(address, signal));
  const socket = await network.dial(judged, Number(port), signal);
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  socket.on('error', () => {});
  onStep('connect', passedStep('connect'));

  onStep('sign_in', null);
  socket.write(`${JSON.stringify({ process: process.pid, password })}\n`);
  const [line] = await once(socket, 'data', { signal });
  const answer = String(line).trim();
  socket.destroy();
  if (answer === 'crash') throw new TypeError(`a bug that quotes ${password}`);
  const step = answer === 'pass' ? passedStep('sign_in') : failedStep('sign_in', 'wrong_password');
  onStep('sign_in', step);
  const outcome: CheckOutcome = {
    steps: [passedStep('connect'), step],
    failure: answer === 'pass' ? null : step,
    refused: answer !== 'pass',
  };
  return outcome;
});
