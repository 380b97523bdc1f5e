import {
  type CredentialTrace,
  createCredentialTrace,
  type TraceOutput,
} from '../../src/registry/credentials/credential-trace.ts';

/** A trace that goes nowhere but where `over` says; tokens of registries are masked as other secrets. */
export function traceOf(over: Partial<TraceOutput> = {}): CredentialTrace {
  const mask = over.mask ?? (() => {});
  return createCredentialTrace({ mask, maskIssued: mask, explain: () => {}, ...over });
}
