import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { startDirector } from './director.ts';
import { openScenario } from './scenario.ts';
import { startWorker } from './start-worker.ts';

/** Short, so that a dead process is missed soon. */
const options = { leaseMilliseconds: 1_000, heartbeatMilliseconds: 200, pollMilliseconds: 100 };

test.each(['sqlite', 'postgres'])(
  'on %s, a check whose process is killed is taken up by another one',
  async (engine) => {
    await using database = await createTestDatabase();
    await using scenario = await openScenario(engine === 'sqlite' ? engine : database.url, 'shared');
    await using director = await startDirector();
    await using first = await startWorker(scenario.place, options);
    const destination = await scenario.add({ host: director.host });
    const lost = await director.next();
    expect(lost.process).toBe(first.pid);

    await first.signal('SIGKILL');
    await lost.gone;
    expect((await scenario.readCheck(destination.checkJobName)).status).toBe('running');
    await using second = await startWorker(scenario.place, options);
    const found = await director.next();
    expect(found.process).toBe(second.pid);
    found.answer('pass');
    await until(async () =>
      expect(await scenario.readCheck(destination.checkJobName)).toMatchObject({ status: 'succeeded' }),
    );
  },
);

test('a process that comes back after its lease ran out stores nothing', async () => {
  await using database = await createTestDatabase();
  await using scenario = await openScenario(database.url, 'shared');
  await using director = await startDirector();
  await using halted = await startWorker(scenario.place, options);
  const destination = await scenario.add({ host: director.host });
  const late = await director.next();
  await halted.signal('SIGSTOP');

  await using other = await startWorker(scenario.place, options);
  const timely = await director.next();
  expect(timely.process).toBe(other.pid);
  late.answer('pass');
  await halted.signal('SIGCONT');
  await late.gone;
  expect((await scenario.readCheck(destination.checkJobName)).status).toBe('running');
  timely.answer('fail');
  await until(async () =>
    expect(await scenario.readCheck(destination.checkJobName)).toMatchObject({ status: 'failed' }),
  );
  expect((await scenario.read(destination)).lastCheck).toMatchObject({ error: true });
});

test('two processes never check one destination at the same time', async () => {
  await using database = await createTestDatabase();
  await using scenario = await openScenario(database.url, 'shared');
  await using director = await startDirector();
  await using _one = await startWorker(scenario.place, options);
  await using _other = await startWorker(scenario.place, options);
  let destination = await scenario.add({ host: director.host });
  for (let round = 1; round <= 8; round++) {
    const arrival = await director.next();
    // Another one waits while this one runs, of other settings every second time.
    if (round % 2 === 0) destination = await scenario.move(destination, { host: director.host });
    else await scenario.request(destination);
    arrival.answer('pass');
  }
  director.answerAll('pass');
  await until(async () => {
    const history = await scenario.store.checks.list(scenario.account.id, destination.id, 20);
    expect(history.filter(({ status }) => status === 'waiting' || status === 'running')).toEqual([]);
  });
  expect(director.mostAtOnce).toBe(1);
});
