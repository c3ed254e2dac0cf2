/** Times of requests by route, kept in plain numbers: this is counted for every request. */
export interface RequestTimes {
  observe(method: string, route: string, status: number, seconds: number): void;
  /** A histogram in Prometheus' text format. */
  render(): string;
}

const bounds = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];
const name = 'backstitch_http_request_seconds';

interface Series {
  readonly labels: string;
  /** How many fell below each bound but not below the one before; the last is for those above all. */
  readonly counts: number[];
  sum: number;
}

export function createRequestTimes(): RequestTimes {
  const all = new Map<string, Series>();

  return {
    observe(method, route, status, seconds) {
      const key = `${method} ${status} ${route}`;
      let series = all.get(key);
      if (series === undefined) {
        const labels = `method="${method}",route="${route}",status="${status}"`;
        series = { labels, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
        all.set(key, series);
      }
      let bucket = 0;
      while (bucket < bounds.length && seconds > bounds[bucket]!) bucket++;
      series.counts[bucket]! += 1;
      series.sum += seconds;
    },
    render() {
      const lines = [
        `# HELP ${name} Time from the headers of the request to its answer.`,
        `# TYPE ${name} histogram`,
        ...[...all.values()].flatMap(renderSeries),
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

function renderSeries({ labels, counts, sum }: Series): string[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    return `${name}_bucket{le="${bounds[index] ?? '+Inf'}",${labels}} ${total}`;
  });
  return [...buckets, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${total}`];
}
