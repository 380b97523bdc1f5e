import { ChartImagesError } from '../../core/errors.ts';
import type { Credential } from './credential.ts';

/** The JSON keys of Google's registries, the longest passwords that are known, have 13. Each line is searched for in all output. */
const mostLines = 100;

/** What a header can carry behind `Bearer ` (RFC 9110, section 11.2), whatever signs a registry takes. */
const headerForm = /^[\x21-\x7e]+$/;

/** Throws `invalid-input` for a secret that no registry could take. Its text is in no message. */
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
      if (!headerForm.test(credential.token)) throw unusable(`the token for ${registry}`, 'it has blanks or line ends');
  }
}

function checkLines(secret: string, what: string): void {
  const lines = secret.split(/\r\n|\n|\r/).length;
  if (lines > mostLines) throw unusable(what, `it has ${lines} lines, more than ${mostLines}`);
}

function unusable(what: string, why: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Cannot use ${what}: ${why}.`, {
    advice: 'Log in again, or correct the secret where it is kept.',
  });
}
