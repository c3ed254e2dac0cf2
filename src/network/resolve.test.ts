import { describe, expect, it } from 'vitest';
import { type Lookup, resolveHost } from './resolve.ts';

const neverAborted = new AbortController().signal;
const answering =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses;
const failing =
  (code: string): Lookup =>
  async () => {
    throw Object.assign(new Error(`getaddrinfo ${code}`), { code });
  };

describe('resolving a host', () => {
  it('asks nobody about an address', async () => {
    const lookup = failing('ENOTFOUND');
    await expect(resolveHost('0x7f.1', lookup, neverAborted)).resolves.toEqual({
      host: '0x7f.1',
      addresses: ['127.0.0.1'],
    });
  });

  it('asks once for a name, in ASCII form', async () => {
    const asked: string[] = [];
    const lookup: Lookup = async (name) => {
      asked.push(name);
      return ['192.0.2.1'];
    };
    await resolveHost('Bücher.example', lookup, neverAborted);
    expect(asked).toEqual(['xn--bcher-kva.example']);
  });

  it('gives each address once, canonical, IPv4 first', async () => {
    const lookup = answering('2001:DB8:0::1', '::ffff:192.0.2.7', '192.0.2.1', '192.0.2.7', '2001:db8::1');
    const { addresses } = await resolveHost('db.example', lookup, neverAborted);
    expect(addresses).toEqual(['192.0.2.7', '192.0.2.1', '2001:db8::1']);
  });

  it.each([
    ['no address at all', answering()],
    ['something that is no address', answering('192.0.2.1', 'other.example')],
    ['an empty text', answering('')],
    ['ENOTFOUND', failing('ENOTFOUND')],
  ])('says that there is no address when the answer is %s', async (_, lookup) => {
    await expect(resolveHost('db.example', lookup, neverAborted)).rejects.toMatchObject({
      reason: 'unresolvable',
      message: expect.stringMatching(/^The name "db\.example" has no address/),
      facts: { host: 'db.example' },
    });
  });

  it('tells silent name servers from a name that does not exist', async () => {
    await expect(resolveHost('db.example', failing('EAI_AGAIN'), neverAborted)).rejects.toMatchObject({
      reason: 'unresolvable',
      message: expect.stringContaining('did not answer'),
      facts: { code: 'EAI_AGAIN' },
    });
  });

  it('says what is wrong with a host that is none', async () => {
    await expect(resolveHost('https://db.example', answering(), neverAborted)).rejects.toMatchObject({
      reason: 'unresolvable',
      message: expect.stringContaining('contains a slash'),
    });
  });

  it('gives up with its signal, before and while asking', async () => {
    const hanging: Lookup = () => new Promise(() => {});
    const controller = new AbortController();
    const pending = resolveHost('db.example', hanging, controller.signal);
    controller.abort();
    await expect(pending).rejects.toMatchObject({ reason: 'timeout' });
    await expect(resolveHost('db.example', hanging, controller.signal)).rejects.toMatchObject({
      reason: 'timeout',
    });
  });
});
