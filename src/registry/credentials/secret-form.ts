import { ChartImagesError } from '../../core/errors.ts';
import type { Credential } from './credential.ts';

/**
 * The longest known passwords, JSON keys for Google's registries, have 13. Masking searches all output for each line.
 */
const maximumLines = 100;

/** The characters that a header allows after `Bearer ` (RFC 9110, section 11.2). */
const headerForm = /^[\x21-\x7e]+$/;

/** Throws `invalid-input` for a secret that no registry accepts, without its text. */
export function checkSecretForm(credential: Credential, registry: string): void {
  switch (credential.kind) {
    case 'none':
      break;
    case 'basic':
      checkLines(credential.password, `the password for ${registry}`);
      break;
    case 'identity-token':
    case 'azure-access-token':
      checkLines(credential.token, `the token for ${registry}`);
      break;
    case 'registry-token':
      if (!headerForm.test(credential.token))
        throw unusable(`the token for ${registry}`, 'it contains blanks or line ends');
  }
}

function checkLines(secret: string, object: string): void {
  const lines = secret.split(/\r\n|\n|\r/).length;
  if (lines > maximumLines) throw unusable(object, `it has ${lines} lines, more than ${maximumLines}`);
}

function unusable(object: string, reason: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Cannot use ${object}: ${reason}.`, {
    advice: 'Log in again, or correct the stored secret.',
  });
}
