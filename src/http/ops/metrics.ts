import type { FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Checks } from '../../checks/checks.ts';
import type { HookSender } from '../../hooks/hook-sender.ts';
import type { Loader } from '../../loading/loading.ts';
import { type BacklogParts, createBacklogMetrics } from './backlog-metrics.ts';
import { observeHooks } from './hook-metrics.ts';
import { observeLoads } from './load-metrics.ts';
import { createRequestTimes } from './request-times.ts';

/** What the server counts about itself. No account, host or name stands in a label. */
export interface Metrics {
  readonly contentType: string;
  /** Called once for each answer. */
  observeRequest(request: FastifyRequest, status: number, seconds: number): void;
  /** Everything, in Prometheus' text format. */
  render(): Promise<string>;
  /** Ends the collection of process metrics. */
  close(): void;
}

export interface MetricsParts extends Omit<BacklogParts, 'registry'> {
  readonly version: string;
  readonly checks: Checks;
  /** Left out where this process carries no loads. */
  readonly loader?: Pick<Loader, 'onEvent'> | undefined;
  /** Left out where this process sends nothing to hooks. */
  readonly hookSender?: Pick<HookSender, 'onEvent'> | undefined;
}

export function createMetrics(options: MetricsParts): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'backstitch_build_info',
    help: 'Always 1; the label tells the version.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: options.version }, 1);

  const times = createRequestTimes();
  const stopSteps = observeSteps(registry, options.checks);
  const stopLoads = options.loader && observeLoads(registry, options.loader);
  const stopHooks = options.hookSender && observeHooks(registry, options.hookSender);
  const backlog = createBacklogMetrics({ ...options, registry });

  return {
    contentType: registry.contentType,
    observeRequest(request, status, seconds) {
      const { url } = request.routeOptions;
      // Only routes that exist and methods they have become labels: a scanner must not fill the memory.
      if (request.is404 || url === undefined) times.observe('other', 'none', status, seconds);
      else times.observe(request.method, url, status, seconds);
    },
    async render() {
      await backlog.refresh();
      return (await registry.metrics()) + times.render();
    },
    close() {
      stopSteps();
      stopLoads?.();
      stopHooks?.();
      registry.clear();
    },
  };
}

function observeSteps(registry: Registry, checks: Checks): () => void {
  const steps = new Histogram({
    name: 'backstitch_check_step_seconds',
    help: 'Time the steps of connection checks took.',
    labelNames: ['step', 'status'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30],
    registers: [registry],
  });
  const findings = new Counter({
    name: 'backstitch_check_failures_total',
    help: 'Connection checks that failed, by finding.',
    labelNames: ['finding'],
    registers: [registry],
  });
  return checks.onStep(({ step }) => {
    if (step === null || step.status === 'skipped') return;
    steps.observe({ step: step.name, status: step.status }, step.milliseconds / 1000);
    if (step.status === 'failed') findings.inc({ finding: step.code ?? 'unknown' });
  });
}
