import { throwAll } from '../core/errors.ts';
import { defaultFailOn, type FailOn, type FailOnCode, failOnCodes } from '../core/findings.ts';
import type { Platform } from '../core/oci/platform.ts';
import { invalidInput } from './input-errors.ts';
import { invalidChoiceError, readEach } from './read-value.ts';

/** Reads the list; `none` is the empty map. The default list is the default, also where it is written out. */
export function readFailOn(codes: readonly string[]): FailOn {
  if (codes.length === 1 && codes[0] === 'none') return new Map();
  if (codes.includes('none')) {
    const reason = '"none" cannot be combined with other values';
    throw invalidInput('fail-on', codes.join(', '), reason, 'Write none, or the findings that fail the run.');
  }
  const errors = codes
    .filter((code) => !isFailOn(code))
    .map((code) => invalidChoiceError('fail-on', code, [...failOnCodes, 'none']));
  throwAll(errors);
  const listed = new Set(codes.filter(isFailOn));
  const isDefault = listed.size === defaultFailOn.length && defaultFailOn.every((code) => listed.has(code));
  return new Map([...listed].map((code) => [code, isDefault ? 'errors' : 'all']));
}

function isFailOn(code: string): code is FailOnCode {
  return (failOnCodes as readonly string[]).includes(code);
}

/** `all` is the empty list. */
export function readPlatforms(entries: readonly string[]): readonly Platform[] {
  if (entries.length === 1 && entries[0] === 'all') return [];
  const form = /^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9.]+)?$/;
  return readEach(
    'platforms',
    entries,
    (entry) => (form.test(entry) ? { ok: true, value: entry } : { ok: false, reason: 'it is not a platform' }),
    'Write all, or a list of os/architecture such as linux/amd64, linux/arm64.',
  );
}
