import { X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';
import { ChartImagesError } from '../errors.ts';

/** A bundle of all public authorities has about 250 KB. */
const maximumBytes = 4 * 1024 * 1024;

/**
 * Node's own roots, those of NODE_EXTRA_CA_CERTS, and those of `caFile`: Node forgets the first two as soon as it is
 * given any others. Throws when the file cannot be read or holds no certificate.
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
  const place = { file };
  const handle = await open(file).catch((cause: unknown) => {
    throw new ChartImagesError('file-not-found', `The certificate authorities ${file} cannot be found.`, {
      advice: 'Check the path in ca-file.',
      place,
      cause,
    });
  });
  // Counted while reading, by one byte more than is allowed: devices and growing files tell no true size.
  const bytes = await buffer(handle.createReadStream({ end: maximumBytes })).catch((cause: unknown) => {
    throw new ChartImagesError('file-unreadable', `The certificate authorities ${file} cannot be read.`, {
      advice: 'Check that it is a file, and its permissions.',
      place,
      cause,
    });
  });
  if (bytes.length <= maximumBytes) return bytes.toString('utf8');
  throw new ChartImagesError('file-too-large', `${file} has more than ${maximumBytes} bytes.`, {
    advice: 'Name a PEM file that holds only the authorities you need.',
    place,
  });
}

function notCertificates(file: string, cause?: unknown): ChartImagesError {
  return new ChartImagesError('invalid-input', `${file} holds no certificate that can be read.`, {
    advice: 'Name a PEM file: its blocks begin with "-----BEGIN CERTIFICATE-----".',
    place: { file },
    cause,
  });
}
