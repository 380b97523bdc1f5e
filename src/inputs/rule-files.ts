import { ChartImagesError, toErrors } from '../core/errors.ts';
import { exists } from '../core/files/exists.ts';
import type { Finding } from '../core/findings.ts';
import { type BaseCheckout, pathInCheckout, readCommitted } from '../resolve/diff/base-checkout.ts';
import { findRenames } from '../resolve/diff/renames.ts';
import { largestInputFile, readInputFile } from './input-file.ts';
import { ruleChanges } from './rule-changes.ts';
import type { Statement } from './rule-statements.ts';

/** A file with rules that exists in the change, in its base, or in both. */
export interface RuleFile<Parsed> {
  /** Absolute. */
  readonly path: string;
  /** The path in messages. */
  readonly displayPath: string;
  /** If the base does not have the file: use the defaults, or treat its rules as unknown. */
  readonly absence: 'defaults' | 'unknown';
  /** Throws `syntax` and `schema`. */
  parse(text: string): Promise<Parsed>;
  /** Statements for every key, also without a file. */
  statements(parsed: Parsed | undefined): readonly Statement[];
}

export interface Judgment<Parsed> {
  /** The version of the change; undefined if it has none. */
  readonly head: Parsed | undefined;
  /** The version whose rules apply; undefined for the defaults. */
  readonly parsed: Parsed | undefined;
  /** Rules that the change would have altered. */
  readonly findings: readonly Finding[];
}

/**
 * Compares a file of the change with the base. The rules of the base apply. If they are unknown (the file is invalid,
 * or missing although the workflow specifies it), the rules of the change apply, and a finding reports it. Throws the
 * errors of the file of the change, and `cancelled`.
 */
export async function judgeFile<Parsed>(
  file: RuleFile<Parsed>,
  base: BaseCheckout,
  isGiven: (input: string) => boolean,
): Promise<Judgment<Parsed>> {
  const { displayPath } = file;
  const { label } = base.name;
  const head = (await exists(file.path))
    ? await file.parse(await readInputFile(file.path, 'The file', displayPath))
    : undefined;
  const path = await pathInCheckout(base, file.path);
  // A file outside the checkout is not part of the change.
  if (path === undefined) return { head, parsed: head, findings: [] };
  const { tip, at, renamed } = await tipVersion(file, base, path);
  if ('why' in tip) {
    const why =
      tip.why === absent ? `${label} has no ${displayPath}` : `Cannot read ${displayPath} of ${label}: ${tip.why}`;
    if (tip.why === absent && head === undefined) return { head, parsed: undefined, findings: [] };
    if (tip.why !== absent || file.absence === 'unknown')
      return { head, parsed: head, findings: [ownRules(why, displayPath)] };
  }
  const fork = base.fork === base.tip ? tip : await versionOf(file, base, base.fork, at);
  const [parsed, before] = [tip, fork].map((version) => ('why' in version ? undefined : version.parsed));
  const used = 'why' in tip ? `${label} has no ${displayPath}, so the defaults` : `the rules of ${label}`;
  const findings = ruleChanges(
    { head: file.statements(head), tip: file.statements(parsed), fork: file.statements(before) },
    { label, used, isGiven },
  );
  return { head, parsed, findings: [...renamed, ...findings] };
}

const absent = 'absent';

interface TipVersion<Parsed> {
  readonly tip: Version<Parsed>;
  /** The path of the file in the base. */
  readonly at: string;
  readonly renamed: readonly Finding[];
}

/**
 * The version of the base, also if the change renamed the file. Not for a file that no input names: its rules begin
 * with the change, and it could be renamed from any file of the base.
 */
async function tipVersion<Parsed>(
  file: RuleFile<Parsed>,
  base: BaseCheckout,
  path: string,
): Promise<TipVersion<Parsed>> {
  const tip = await versionOf(file, base, base.tip, path);
  if (!('why' in tip) || tip.why !== absent || file.absence === 'defaults') return { tip, at: path, renamed: [] };
  const old = (await findRenames(base))(path);
  const oldTip = old === undefined ? tip : await versionOf(file, base, base.tip, old);
  if (old === undefined || ('why' in oldTip && oldTip.why === absent)) return { tip, at: path, renamed: [] };
  return { tip: oldTip, at: old, renamed: [renamedFile(old, file.displayPath, base.name.label)] };
}

type Version<Parsed> = { readonly parsed: Parsed } | { readonly why: string };

/** Errors in the base are only a reason, because the change cannot fix them. */
async function versionOf<Parsed>(
  { parse, displayPath }: RuleFile<Parsed>,
  base: BaseCheckout,
  commit: string,
  path: string,
): Promise<Version<Parsed>> {
  try {
    const text = await readCommitted(base, commit, path);
    if (text === undefined) return { why: absent };
    if (text.length > largestInputFile || text.includes('\0')) {
      throw new ChartImagesError('file-unreadable', `${displayPath} is too large, or not a text file.`, { advice: '' });
    }
    return { parsed: await parse(text) };
  } catch (thrown) {
    const [first, ...rest] = toErrors(thrown);
    const ends = [first, ...rest].some((error) => error?.code === 'cancelled' || error?.code === 'internal');
    if (first === undefined || ends) throw thrown;
    return { why: first.message.replace(/\.$/, '') };
  }
}

function renamedFile(old: string, file: string, label: string): Finding {
  return {
    code: 'policy-changed',
    severity: 'warning',
    message: `This change renames ${old} to ${file}; the rules of ${label} in ${old} were used.`,
    advice: 'Check that the workflow on the base branch uses the rules in this file.',
    file,
  };
}

function ownRules(why: string, file: string): Finding {
  return {
    code: 'policy-changed',
    severity: 'warning',
    message: `${why}; the rules of this change were used.`,
    advice: 'Review the rules in this file before you merge the change.',
    file,
  };
}
