import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { buildConsole } from '../../scripts/build-console.mjs';
import { type RunningProgram, startServer } from '../support/program.ts';

/** A server with its console, and a browser that looks at it. All of it goes away with it. */
export interface OpenConsole extends AsyncDisposable {
  readonly server: RunningProgram;
  /** Of the server's only account. */
  readonly token: string;
  /** The server's data folder, for commands beside it. */
  readonly data: string;
  /** A browser of its own, not signed in unless said otherwise. Closing it is not needed. */
  visit(options?: VisitOptions): Promise<Visit>;
  /** A call of the API, as a program makes it. @throws when the server refuses. */
  call<Result>(method: string, route: string, body?: unknown, as?: string): Promise<Result>;
}

export interface VisitOptions extends BrowserContextOptions {
  readonly isSignedIn?: boolean;
}

export interface Visit {
  readonly page: Page;
  /** Opens a view by its URL below `/console/`. */
  open(view: string): Promise<void>;
  /** What a page of ours must not do, as far as it did: ask other hosts, offend against its policy, throw. */
  readonly offences: readonly string[];
}

const root = path.resolve(import.meta.dirname, '..', '..');

export async function openConsole(env: Readonly<Record<string, string>> = {}): Promise<OpenConsole> {
  await using opening = new AsyncDisposableStack();
  buildConsole({ root, node: process.execPath });
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-console-'));
  opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  const token = `ac_${randomBytes(12).toString('hex')}`;
  const data = path.join(folder, 'data');
  const settings = { BACKSTITCH_DATA: data, BACKSTITCH_TOKEN: token };
  const [server, browser] = await Promise.all([
    startServer({ ...settings, BACKSTITCH_LOAD_WAIT_MILLISECONDS: '0', ...env }),
    // Debian's; its sandbox does not work for root.
    chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] }),
  ]);
  opening.use(server);
  opening.defer(async () => await browser.close());
  const open = opening.move();

  const call: OpenConsole['call'] = async (method, route, body, as = token) => {
    const answer = await fetch(`${server.address}${route}`, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', prefer: 'wait=20' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  };

  return {
    server,
    token,
    data,
    call,
    async visit({ isSignedIn = false, ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        reducedMotion: 'reduce',
        ...options,
      });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      const offences = await watchOffences(page, server.address);
      const view = (name: string) => `${server.address}/console${name}`;
      if (isSignedIn) {
        const { ephemeral_token } = await call<{ ephemeral_token: string }>('POST', '/v3/sessions/ephemeral');
        await page.goto(view(`/sign-in#ephemeral_token=${ephemeral_token}`));
        await page.getByRole('navigation', { name: 'Main' }).waitFor();
      }
      return {
        page,
        offences,
        async open(name) {
          await page.goto(view(name));
        },
      };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function watchOffences(page: Page, ours: string): Promise<readonly string[]> {
  const offences: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${ours}/`)) offences.push(`asked ${request.url()}`);
  });
  page.on('pageerror', (error) => offences.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) offences.push(message.text());
  });
  await page.exposeFunction('noteViolation', (directive: string) => offences.push(`violated ${directive}`));
  await page.addInitScript(
    "document.addEventListener('securitypolicyviolation', (event) => noteViolation(event.violatedDirective))",
  );
  return offences;
}
