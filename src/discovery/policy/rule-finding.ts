import type { SourceLocation } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';

const severities = { required: 'error', 'expired-rule': 'warning', 'unused-rule': 'notice' } as const;

/** A finding about a rule of the user's, at its place in the configuration. */
export function ruleFinding(
  code: keyof typeof severities,
  message: string,
  advice: string,
  place: SourceLocation,
): Finding {
  const { file, line } = place;
  return { code, severity: severities[code], message, advice, file, ...(line === undefined ? {} : { line }) };
}
