import { X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';
import { ChartImagesError } from '../errors.ts';

/** A bundle of all public certificate authorities has about 250 KB. */
const maximumBytes = 4 * 1024 * 1024;

/**
 * Node's root certificates, those of NODE_EXTRA_CA_CERTS, and those of `caFile`: with the option `ca`, Node ignores the
 * first two. Throws if the file can't be read or contains no certificate.
 */
export async function loadTrustedCertificates(
  caFile: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const inherited = environment['NODE_EXTRA_CA_CERTS'];
  const extra = inherited === undefined || inherited === '' ? [] : await certificatesOf(inherited).catch(() => []);
  return [...rootCertificates, ...extra, ...(await certificatesOf(caFile))];
}

async function certificatesOf(file: string): Promise<readonly string[]> {
  const text = await readPem(file);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch (cause) {
    throw notCertificates(file, cause);
  }
  if (blocks.length === 0) throw notCertificates(file);
  return blocks;
}

async function readPem(file: string): Promise<string> {
  const location = { file };
  const handle = await open(file).catch((cause: unknown) => {
    throw new ChartImagesError('file-not-found', `Cannot read the certificate authorities ${file}: file not found.`, {
      advice: 'Check the path in the input ca-file.',
      location,
      cause,
    });
  });
  // Counted while reading, with one byte more than the limit: `stat` is wrong for devices and growing files.
  const bytes = await buffer(handle.createReadStream({ end: maximumBytes })).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChartImagesError('file-unreadable', `Cannot read the certificate authorities ${file}: ${reason}.`, {
      advice: 'Check that it is a file that this user can read.',
      location,
      cause,
    });
  });
  if (bytes.length <= maximumBytes) return bytes.toString('utf8');
  throw new ChartImagesError('file-too-large', `Cannot read ${file}: it has more than ${maximumBytes} bytes.`, {
    advice: 'Set ca-file to a PEM file with only the certificate authorities that you need.',
    location,
  });
}

function notCertificates(file: string, cause?: unknown): ChartImagesError {
  return new ChartImagesError('invalid-input', `Cannot use ${file}: it contains no valid certificate.`, {
    advice: 'Set ca-file to a PEM file. Its blocks start with "-----BEGIN CERTIFICATE-----".',
    location: { file },
    cause,
  });
}
