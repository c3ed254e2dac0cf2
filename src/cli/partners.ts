import { createHash, randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { Failure } from '../errors/failure.ts';
import { renderTimestamp } from '../model/timestamp.ts';
import type { ListedPartner } from '../store/partner-store.ts';
import type { Cli } from './cli.ts';
import { addBrandingOptions, type BrandingOptions, readBranding } from './partner-branding.ts';
import { givenSecret } from './read-secret.ts';
import { renderEntries, renderTable } from './table.ts';
import { UsageError } from './usage-error.ts';

/** `partners …`: who may make accounts over the API. */
export function addPartnersCommand(program: Command, cli: Cli): void {
  const partners = program
    .command('partners')
    .description('add, change, list and remove partners, who may make accounts over the API');
  addAdd(partners, cli);
  addSet(partners, cli);
  addList(partners, cli);
  addRemove(partners, cli);
}

/** A given secret shorter than this could be guessed. */
const shortestSecret = 16;

interface AddOptions extends BrandingOptions {
  readonly secretFile?: string;
  readonly askSecret?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

function addAdd(partners: Command, cli: Cli): void {
  addBrandingOptions(partners.command('add').alias('create'))
    .description('add a partner, or give an existing one a new secret; the secret is shown once')
    .argument('<id>', 'the partner_id that it sends')
    .option('--name <name>', 'name for people, its users among them (default: the id)')
    .option('--secret-file <file>', 'take the secret in this file (- is standard input) instead of a new one')
    .option('--ask-secret', 'ask for the secret to take')
    .option('--quiet', 'print the secret alone')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch partners add acme --name "Acme Inc."')
    .action(async (id: string, options: AddOptions) => {
      if (!/^[\w.@-]{1,128}$/.test(id)) {
        throw new UsageError(
          'a partner id has 1 to 128 letters, digits, underscores, dots, at signs or hyphens',
        );
      }
      const given = await givenSecret(cli.terminal, 'Secret', options.secretFile, options.askSecret);
      if (given !== undefined && given.length < shortestSecret) {
        throw new UsageError(`the secret has fewer than ${shortestSecret} characters: take a longer one`);
      }
      const secret = given ?? randomBytes(32).toString('base64url');
      const name = options.name ?? id;
      const { logo, returnUrl } = readBranding({ ...options, name });
      await using installation = await cli.open();
      const secretHash = createHash('sha256').update(secret).digest('hex');
      await installation.store.partners.put({ id, name, secretHash });
      await installation.store.partners.brand(id, {
        ...(logo !== undefined && { logo }),
        ...(returnUrl !== undefined && { returnUrl }),
      });
      const { terminal } = cli;
      if (options.quiet) return terminal.print(`${secret}\n`);
      const shown = { partner_id: id, name, partner_secret: secret };
      if (options.json) return terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
      terminal.print(renderEntries({ id, name, secret }));
      terminal.note('The secret is shown this once: keep it now.');
    });
}

function addSet(partners: Command, cli: Cli): void {
  addBrandingOptions(partners.command('set'))
    .description('change what the users of a partner see of it in the console')
    .argument('<id>', 'the partner_id')
    .option('--name <name>', 'name for people')
    .option('--no-logo', 'take the logo away')
    .option('--no-return-url', 'take the address away')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  backstitch partners set acme --logo acme.svg --return-url https://app.acme.example/data',
    )
    .action(async (id: string, options: BrandingOptions & { json?: boolean }) => {
      const change = readBranding(options);
      if (Object.keys(change).length === 0)
        throw new UsageError('nothing to change: give --name, --logo or --return-url');
      await using installation = await cli.open();
      const { partners: stored } = installation.store;
      const partner = (await stored.brand(id, change)) && (await stored.list()).find((one) => one.id === id);
      if (!partner) throw noSuchPartner(id);
      const shown = renderPartner(partner);
      cli.terminal.print(options.json ? `${JSON.stringify(shown, null, 2)}\n` : renderEntries(shown));
    });
}

const renderPartner = ({ id, name, createdAt, logoType, returnUrl }: ListedPartner) => ({
  partner_id: id,
  name,
  logo: logoType,
  return_url: returnUrl,
  created_at: renderTimestamp(createdAt),
});

const noSuchPartner = (id: string): Failure =>
  new Failure('InvalidId', `there is no partner ${id}`, {
    remedy: 'List the partners with: backstitch partners list',
  });

function addList(partners: Command, cli: Cli): void {
  partners
    .command('list')
    .description('list the partners')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch partners list')
    .action(async (options: { json?: boolean }) => {
      await using installation = await cli.open();
      const found = await installation.store.partners.list();
      if (options.json) {
        return cli.terminal.print(`${JSON.stringify(found.map(renderPartner), null, 2)}\n`);
      }
      const rows = found.map((partner) => Object.values(renderPartner(partner)));
      const empty = 'There are no partners: accounts are made by the operator alone.';
      cli.terminal.print(renderTable(['ID', 'NAME', 'LOGO', 'RETURNS TO', 'ADDED'], rows, empty));
    });
}

function addRemove(partners: Command, cli: Cli): void {
  partners
    .command('remove')
    .description('remove a partner; the accounts it made stay')
    .argument('<id>', 'the partner_id')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch partners remove acme')
    .action(async (id: string, options: { json?: boolean }) => {
      await using installation = await cli.open();
      if (!(await installation.store.partners.remove(id))) throw noSuchPartner(id);
      if (options.json) cli.terminal.print(`${JSON.stringify({ partner_id: id, removed: true })}\n`);
      else cli.terminal.print(`partner ${id} is removed\n`);
    });
}
