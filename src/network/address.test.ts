import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, embeddedIpv4, isWithin, parseHost } from './address.ts';

describe('a host that is an address', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1.', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['127.0.1', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['0177.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0X7F.0x0.0x0.0x1', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['017700000001', '127.0.0.1'],
    ['2852039166', '169.254.169.254'],
    ['0xa9fea9fe', '169.254.169.254'],
    ['0251.0376.0251.0376', '169.254.169.254'],
    ['169.254.43518', '169.254.169.254'],
    ['0', '0.0.0.0'],
    ['0.0.0.0', '0.0.0.0'],
    ['010.1.1.1', '8.1.1.1'],
    ['4294967295', '255.255.255.255'],
    ['１２７.0.0.1', '127.0.0.1'],
    ['127。0。0。1', '127.0.0.1'],
    ['①⑥⑨.254.169.254', '169.254.169.254'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['::1%lo', '::1'],
    ['[::1%25lo]', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::', '::'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:7F00:1', '127.0.0.1'],
    ['[::ffff:169.254.169.254]', '169.254.169.254'],
    ['0:0:0:0:0:ffff:a9fe:a9fe', '169.254.169.254'],
    ['2001:DB8:0:0:8:800:200C:417A', '2001:db8::8:800:200c:417a'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
  ])('reads %s as %s', (host, address) => {
    expect(parseHost(host)).toEqual({ kind: 'address', address });
  });

  it('has one canonical form, which is read as itself', () => {
    const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(anyAddress, (text) => {
        const parsed = parseHost(text);
        if (parsed.kind !== 'address') throw new Error(`${text} was not read as an address`);
        expect(canonicalAddress(parsed.address)).toBe(parsed.address);
      }),
    );
  });

  it('means the same number in every notation', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        const address = octets.join('.');
        for (const spelling of spellingsOf(octets))
          expect(parseHost(spelling), spelling).toEqual({ kind: 'address', address });
      }),
    );
  });
});

describe('a host that is a name', () => {
  it.each([
    ['db', 'db'],
    ['DB.Example.COM', 'db.example.com'],
    ['db.example.com.', 'db.example.com.'],
    ['my_db.internal', 'my_db.internal'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['0xg', '0xg'],
    ['1e3', '1e3'],
    ['3com.example', '3com.example'],
    ['1.2.3.4.example', '1.2.3.4.example'],
  ])('reads %s as %s', (host, name) => {
    expect(parseHost(host)).toEqual({ kind: 'name', name });
  });
});

describe('a host that cannot be used', () => {
  it.each([
    ['', 'is empty'],
    ['  ', 'is empty'],
    ['a b', 'contains a space or an invisible character'],
    ['db.example.com\n', 'contains a space or an invisible character'],
    ['db\u0000.example.com', 'contains a space or an invisible character'],
    ['db\u200b.example.com', 'contains a space or an invisible character'],
    ['db\u202e.example.com', 'contains a space or an invisible character'],
    ['https://db.example.com', 'contains a slash'],
    ['db.example.com/', 'contains a slash'],
    ['db\\share', 'contains a slash'],
    ['db.example.com:5432', 'contains a colon'],
    ['[::1]:5432', 'contains a colon'],
    ['[127.0.0.1]', 'contains a colon but is no IPv6 address'],
    ['1:2', 'contains a colon'],
    ['::ffff:0177.0.0.1', 'contains a colon'],
    ['user@db', 'contains a character that no host name can have'],
    ['%6c%6fcalhost', 'contains a character that no host name can have'],
    ['db,other', 'contains a character that no host name can have'],
    ['[::1', 'contains a colon'],
    ['256.256.256.256', 'looks like an IPv4 address but is none'],
    ['1.2.3.4.5', 'looks like an IPv4 address but is none'],
    ['08.1.1.1', 'looks like an IPv4 address but is none'],
    ['0x', 'looks like an IPv4 address but is none'],
    ['4294967296', 'looks like an IPv4 address but is none'],
    ['db.7', 'looks like an IPv4 address but is none'],
    ['a..b', 'is no host name'],
    ['.a', 'is no host name'],
    ['.', 'is no host name'],
    [`${'a'.repeat(64)}.example`, 'is no host name'],
    [Array(40).fill('abcdefg').join('.'), 'is no host name'],
  ])('says why %j cannot', (host, why) => {
    const parsed = parseHost(host);
    expect(parsed).toMatchObject({ kind: 'unusable', why: expect.stringContaining(why) });
  });

  it('is any text at all, without an exception', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseHost(text)));
  });
});

describe('IPv4 addresses inside IPv6', () => {
  it.each([
    ['64:ff9b::a9fe:a9fe', ['169.254.169.254']],
    ['64:ff9b::', ['0.0.0.0']],
    ['64:ff9b:1::a9fe:a9fe', ['169.254.169.254']],
    ['64:ff9b:1:a9fe:a9:fe00::', ['169.254.169.254']],
    ['64:ff9b:1:a9:fe:a9fe::', ['169.254.169.254']],
    ['64:ff9b:1:0:a9:fea9:fe00:0', ['169.254.169.254']],
    ['2002:a9fe:a9fe::1', ['169.254.169.254']],
    ['2001:0:a9fe:a9fe:0:0:5601:5601', ['169.254.169.254', '169.254.169.254']],
    ['::ffff:0:a9fe:a9fe', ['169.254.169.254']],
    ['::a9fe:a9fe', ['169.254.169.254']],
    ['::', []],
    ['::1', []],
    ['2606:4700::1111', []],
    ['127.0.0.1', []],
  ])('are found in %s', (address, found) => {
    const embedded = embeddedIpv4(address);
    for (const each of found) expect(embedded).toContain(each);
    if (found.length === 0) expect(embedded).toEqual([]);
  });
});

describe('a range', () => {
  it('never holds an address of the other family', () => {
    expect(isWithin('10.0.0.1', '::/0')).toBe(false);
    expect(isWithin('::1', '0.0.0.0/0')).toBe(false);
    expect(isWithin('10.0.0.1', '10.0.0.0/8')).toBe(true);
  });
});

/** Ways to write an IPv4 address that resolvers and browsers agree on. */
function spellingsOf(octets: readonly [number, number, number, number]): string[] {
  const [a, b, c, d] = octets;
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (value: number) => `0x${value.toString(16)}`;
  const octal = (value: number) => `0${value.toString(8)}`;
  return [
    `${a}.${b}.${c}.${d}.`,
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    String(number),
    hex(number),
    octal(number),
    octets.map(hex).join('.'),
    octets.map(octal).join('.'),
    `${hex(a)}.${octal(b)}.${c}.${d}`,
    `::ffff:${octets.join('.')}`,
    `[::ffff:${octets.join('.')}]`,
    `::ffff:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`,
    `::ffff:${octets.join('.')}%eth0`,
  ];
}
