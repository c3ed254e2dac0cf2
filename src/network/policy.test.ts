import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressClass, classify, createPolicy, parseRange } from './policy.ts';

/** Addresses of every class, at the edges of their ranges. */
const samples: Readonly<Record<AddressClass, readonly string[]>> = {
  global: [
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001:80b::200e',
    '64:ff9b::808:808',
  ],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.1',
    'fc00::1',
    'fdff::1',
    '64:ff9b:1::a00:1',
  ],
  shared: ['100.64.0.0', '100.127.255.255'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::1', '3fff::1'],
  benchmarking: ['198.18.0.0', '198.19.255.255', '2001:2::1'],
  reserved: [
    '192.0.0.1',
    '192.88.99.1',
    '240.0.0.1',
    '255.255.255.254',
    '192.31.196.1',
    '192.52.193.1',
    '192.175.48.1',
    '2002:808:808::1',
    '2001:0:808:808::f7f7:f7f7',
    '2001:10::1',
    '2001:20::1',
    '100::1',
    '5f00::1',
    'fec0::1',
    '::808:808',
    '::ffff:0:808:808',
    '4000::1',
    '1::1',
  ],
  link_local: ['169.254.0.1', '169.254.255.255', 'fe80::1', 'febf::1'],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd20:ce::254',
    'fd00:42::42',
  ],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  broadcast: ['255.255.255.255'],
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
};

const classes = Object.keys(samples) as AddressClass[];
const everywhere = ['0.0.0.0/0', '::/0'];

/** What gets through: the class, and whether it is allowed in private, public, and public with everything opened. */
const expectations: Readonly<Record<AddressClass, readonly [boolean, boolean, boolean]>> = {
  global: [true, true, true],
  loopback: [true, false, true],
  private: [true, false, true],
  shared: [true, false, true],
  documentation: [true, false, true],
  benchmarking: [true, false, true],
  reserved: [false, false, true],
  link_local: [false, false, false],
  metadata: [false, false, false],
  multicast: [false, false, false],
  broadcast: [false, false, false],
  unspecified: [false, false, false],
};

describe.each(classes)('%s addresses', (kind) => {
  const [inPrivate, inPublic, opened] = expectations[kind];

  it('are recognised', () => {
    for (const address of samples[kind]) expect(classify(address), address).toBe(kind);
  });

  it.each([
    ['private', [], inPrivate],
    ['public', [], inPublic],
    ['public', everywhere, opened],
    ['private', everywhere, opened],
  ] as const)('get the verdict of policy %s with %j', (name, allow, verdict) => {
    const policy = createPolicy({ policy: name, allow });
    for (const address of samples[kind]) expect(policy.allows(address), address).toBe(verdict);
  });

  it('get no better verdict inside an IPv6 address that leads to them', () => {
    for (const name of ['private', 'public'] as const) {
      const policy = createPolicy({ policy: name, allow: [] });
      for (const address of samples[kind].filter((each) => !each.includes(':')))
        expect(policy.allows(translated(address)), `${translated(address)} (${address})`).toBe(
          policy.allows(address),
        );
    }
  });

  it('are not reached through a tunnel prefix that somebody opened', () => {
    const policy = createPolicy({ policy: 'public', allow: ['2002::/16', '::/96', '::ffff:0:0:0/96'] });
    for (const address of samples[kind].filter((each) => !each.includes(':')))
      for (const wrapped of wrappings(address))
        expect(policy.allows(wrapped), wrapped).toBe(kind === 'global');
  });
});

describe('the allow list', () => {
  it('opens exactly what it names', () => {
    const policy = createPolicy({ policy: 'public', allow: ['10.1.0.0/16', '127.0.0.1', 'fd12:3456::/32'] });
    const allowed = ['10.1.0.0', '10.1.255.255', '127.0.0.1', 'fd12:3456::1', '1.1.1.1'];
    const refused = ['10.0.255.255', '10.2.0.0', '127.0.0.2', 'fd12:3457::1', '::1', '192.168.0.1'];
    for (const address of allowed) expect(policy.allows(address), address).toBe(true);
    for (const address of refused) expect(policy.allows(address), address).toBe(false);
  });

  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    [' 10.0.0.1 ', '10.0.0.1/32'],
    ['::1', '::1/128'],
    ['FD00::/8', 'fd00::/8'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:10.0.0.1', '10.0.0.1/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
  ])('reads %j as %s', (entry, range) => {
    expect(parseRange(entry)).toBe(range);
  });

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.1/8',
    '0x7f.1',
    '::/129',
    '::ffff:10.0.0.0/8',
    '1.2.3.4:5',
    '10.0.0.0/8/8',
    'fd00::/8 10.0.0.0/8',
  ])('refuses %j and names the option', (entry) => {
    expect(() => createPolicy({ policy: 'public', allow: [entry] })).toThrow(
      expect.objectContaining({
        code: 'InvalidConfiguration',
        message: expect.stringContaining('BACKSTITCH_NETWORK_ALLOW'),
      }),
    );
  });
});

/** IANA's special-purpose registries, written down once more and compared by arithmetic. */
const special = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24',
  '203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
]
  .join(' ')
  .split(' ')
  .map((range) => {
    const [base = '', bits = ''] = range.split('/');
    return { from: toNumber(base), size: 2 ** (32 - Number(bits)) };
  });

describe('policy public', () => {
  const policy = createPolicy({ policy: 'public', allow: [] });
  const nearAnEdge = fc
    .tuple(fc.constantFrom(...special), fc.integer({ min: -300, max: 300 }), fc.boolean())
    .map(([{ from, size }, offset, end]) => (from + (end ? size : 0) + offset + 2 ** 32) % 2 ** 32);
  const anyNumber = fc.oneof(nearAnEdge, fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  const isSpecial = (number: number) =>
    number === toNumber('168.63.129.16') ||
    special.some(({ from, size }) => number >= from && number < from + size);

  it('passes an IPv4 address exactly when no registry lists it, wrapped or not', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        const address = toAddress(number);
        expect(policy.allows(address), address).toBe(!isSpecial(number));
        expect(policy.allows(translated(address)), translated(address)).toBe(!isSpecial(number));
      }),
      { numRuns: 2000 },
    );
  });

  it('passes an IPv6 address only from the eighth that has been handed out', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const [first = 0, second = 0] = groups;
        const address = groups.map((each) => each.toString(16)).join(':');
        if (policy.allows(address)) {
          expect(first >> 13).toBe(1);
          expect(first).not.toBe(0x2002);
          expect(first === 0x2001 && (second < 0x200 || second === 0xdb8)).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function toNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

function groupsOf(address: string): [string, string] {
  const number = toNumber(address);
  return [Math.floor(number / 0x10000).toString(16), (number % 0x10000).toString(16)];
}

function translated(address: string): string {
  return `64:ff9b::${groupsOf(address).join(':')}`;
}

function wrappings(address: string): string[] {
  const [high, low] = groupsOf(address);
  return [`2002:${high}:${low}::1`, `::ffff:0:${high}:${low}`, ...(high === '0' ? [] : [`::${high}:${low}`])];
}
