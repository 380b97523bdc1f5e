/**
 * Makes a certificate authority and a certificate for 127.0.0.1, localhost and more names, with the openssl program.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificates {
  /** Paths of PEM files. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  remove(): void;
}

export interface CertificateOptions {
  /** DNS names besides localhost; `*.azurecr.io` is one. */
  readonly names?: readonly string[];
}

export function makeCertificates({ names = [] }: CertificateOptions = {}): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=chart-images test authority');
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', 'server.key', '-out', 'server.pem', '-subj', '/CN=localhost'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key'],
    ...[
      '-addext',
      `subjectAltName=${['IP:127.0.0.1', ...['localhost', ...names].map((name) => `DNS:${name}`)].join(',')}`,
    ],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  return {
    authority: path('ca.pem'),
    certificate: path('server.pem'),
    key: path('server.key'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
