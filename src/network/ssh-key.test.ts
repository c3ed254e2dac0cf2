import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { generateSshKeyPair, renderSshPublicKey, sshFingerprint } from './ssh-key.ts';

describe('an SSH key pair', () => {
  it('is read back by an SSH library, and its halves belong together, every time', () => {
    for (let round = 0; round < 1000; round += 1) {
      const pair = generateSshKeyPair();
      const secret = ssh2.utils.parseKey(pair.privateKey);
      const known = ssh2.utils.parseKey(pair.publicKey);
      if (secret instanceof Error) throw secret;
      if (known instanceof Error) throw known;
      expect(secret.isPrivateKey()).toBe(true);
      expect(secret.getPublicSSH()).toEqual(known.getPublicSSH());
      expect(known.verify('text', secret.sign('text'))).toBe(true);
    }
  });

  it('has a public half that fits on one line of authorized_keys', () => {
    expect(generateSshKeyPair().publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68} backstitch$/);
  });

  it('is another one each time', () => {
    expect(generateSshKeyPair().publicKey).not.toBe(generateSshKeyPair().publicKey);
  });
});

describe('a host key', () => {
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');

  it('is rendered with its algorithm', () => {
    expect(renderSshPublicKey(blob)).toBe(line);
  });

  it('has the fingerprint that ssh-keygen prints', () => {
    expect(sshFingerprint(blob)).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
  });
});
