import { describe, expect, it } from 'vitest';
import { createNetwork, type NetworkOptions } from './create-network.ts';
import { NetworkError } from './network.ts';

const neverAborted = new AbortController().signal;

function networkWith(options: Partial<NetworkOptions>) {
  return createNetwork({ policy: 'public', allow: [], egressAddresses: [], ...options });
}

describe('judging a resolved host', () => {
  const network = networkWith({ policy: 'public' });

  it('passes a host whose addresses are all allowed', () => {
    const resolved = { host: 'db.example', addresses: ['1.1.1.1', '2606:4700::1111'] };
    expect(network.judge(resolved)).toEqual({ ...resolved, judged: true });
  });

  it.each([
    [['1.1.1.1', '10.0.0.1']],
    [['10.0.0.1', '1.1.1.1']],
    [['1.1.1.1', '::1']],
    [['1.1.1.1', '169.254.169.254']],
    [[]],
  ])('refuses a host as soon as one address is not allowed: %j', (addresses) => {
    expect(() => network.judge({ host: 'db.example', addresses })).toThrow(
      expect.objectContaining({ reason: 'blocked' }),
    );
  });

  it('says the same whatever a name leads to', () => {
    const messages = ['10.0.0.1', '127.0.0.1', '169.254.169.254', '100.64.0.1', '224.0.0.1', '::1'].map(
      (address) => messageOf(() => network.judge({ host: 'db.example', addresses: [address] })),
    );
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).toContain('policy "public"');
    expect(messages[0]).toContain('"db.example"');
    expect(messages[0]).toContain('BACKSTITCH_NETWORK_ALLOW');
    expect(messages[0]).toContain('BACKSTITCH_NETWORK_POLICY');
    expect(messages[0]).not.toMatch(/\d+\.\d+\.\d+\.\d+|::1/);
  });

  it('keeps metadata closed in policy private, and says so', () => {
    const message = messageOf(() =>
      networkWith({ policy: 'private' }).judge({ host: 'db.example', addresses: ['169.254.169.254'] }),
    );
    expect(message).toContain('policy "private"');
    expect(message).toContain('metadata');
  });
});

describe('dialling', () => {
  it('refuses an object that was never judged', async () => {
    const forged = { host: 'db.example', addresses: ['127.0.0.1'], judged: true as const };
    await expect(networkWith({ policy: 'public' }).dial(forged, 5432, neverAborted)).rejects.toMatchObject({
      reason: 'blocked',
    });
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof NetworkError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}
