import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import type { Config } from '../../config/options.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const subject = 'configuration';
const day = 24 * 3600 * 1000;

/** What is risky in a configuration that is valid. */
export function examineConfiguration(config: Config, now: number): Finding[] {
  const findings = [...examineExposure(config), ...examineCertificate(config, now)];
  return findings.length > 0 ? findings : [ok(subject, 'every option is known and has a usable value')];
}

function examineExposure(config: Config): Finding[] {
  if (isLoopback(config.host)) return [];
  const findings: Finding[] = [];
  const where = `the server listens on ${config.host}`;
  if (config.tlsCert === null && !config.publicUrl?.startsWith('https:')) {
    findings.push(
      warning(
        subject,
        `${where} without TLS: tokens and credentials can be read on the way`,
        'Set BACKSTITCH_TLS_CERT and BACKSTITCH_TLS_KEY, or put a proxy that ends TLS in front and set BACKSTITCH_PUBLIC_URL to its https address.',
      ),
    );
  }
  if (config.metricsToken === null) {
    findings.push(
      warning(
        subject,
        `${where}, and everybody who reaches it can read /metrics`,
        'Set BACKSTITCH_METRICS_TOKEN, or keep /metrics from outside in the proxy.',
      ),
    );
  }
  return findings;
}

function examineCertificate({ tlsCert, tlsKey }: Config, now: number): Finding[] {
  if (tlsCert === null || tlsKey === null) return [];
  const remedy = 'Point BACKSTITCH_TLS_CERT and BACKSTITCH_TLS_KEY at a certificate and its key, both PEM.';
  try {
    const certificate = new X509Certificate(readFileSync(tlsCert));
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(tlsKey)))) {
      return [problem(subject, `the key ${tlsKey} does not belong to the certificate ${tlsCert}`, remedy)];
    }
    return examineDates(certificate, tlsCert, now);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'not PEM';
    return [problem(subject, `the certificate ${tlsCert} or its key cannot be read (${why})`, remedy)];
  }
}

function examineDates({ validTo }: X509Certificate, file: string, now: number): Finding[] {
  const left = Date.parse(validTo) - now;
  const remedy = 'Renew the certificate and restart the server.';
  if (left <= 0) return [problem(subject, `the certificate ${file} expired on ${validTo}`, remedy)];
  return left > 14 * day ? [] : [warning(subject, `the certificate ${file} expires on ${validTo}`, remedy)];
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const isLoopback = (host: string): boolean =>
  host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));
