import { type Credential, secretVariants } from './credential.ts';

/** What a run shows of its credentials: how each was found, and none of their secrets. */
export interface CredentialTrace {
  /** Hides a secret of the user, or of Azure, in all output. */
  mask(secret: string): void;
  /** Hides a token that a registry issued, only in prose: the registry chose the text. */
  maskIssued(token: string): void;
  /** Hides every encoding of a credential in all output. */
  maskCredential(credential: Credential): void;
  /** Receives a line about the search for credentials. Never a secret. */
  explain(line: string): void;
}

export type TraceOutput = Omit<CredentialTrace, 'maskCredential'>;

export function createCredentialTrace({ mask, maskIssued, explain }: TraceOutput): CredentialTrace {
  /** Providers return the same object for each request of a run. */
  const masked = new WeakSet<Credential>();
  return {
    mask,
    maskIssued,
    maskCredential: (credential) => {
      if (!masked.has(credential)) for (const secret of secretVariants(credential)) mask(secret);
      masked.add(credential);
    },
    explain,
  };
}
