import { ChartImagesError, toErrors } from '../core/errors.ts';
import { exists } from '../core/files/exists.ts';
import type { Finding } from '../core/findings.ts';
import { type BaseCheckout, pathInCheckout, readCommitted } from '../resolve/diff/base-checkout.ts';
import { largestInputFile, readInputFile } from './input-file.ts';
import { ruleChanges } from './rule-changes.ts';
import type { Statement } from './rule-statements.ts';

/** A file with rules, in the change and in its base. */
export interface RuleFile<Parsed> {
  /** Absolute. */
  readonly path: string;
  /** As messages show it. */
  readonly shown: string;
  /** What the base means by not having it: nothing but defaults, or that it has no rules that could be used. */
  readonly absence: 'defaults' | 'unknown';
  /** Throws what is wrong with the text. */
  parse(text: string): Promise<Parsed>;
  /** Of every key, also without a file. */
  statements(parsed: Parsed | undefined): readonly Statement[];
}

export interface Judgment<Parsed> {
  /** The change's own version; undefined where it has no such file. */
  readonly head: Parsed | undefined;
  /** The version whose rules hold; undefined: the defaults. */
  readonly holds: Parsed | undefined;
  /** What the change would have altered. */
  readonly findings: readonly Finding[];
}

/**
 * Reads a file as the change has it and as its base has it, and compares the two. The base's rules hold. Where they cannot be known
 * (the base has no file of a name that the workflow gives, or one that is not valid), the change's own do, which is a finding.
 * Throws what is wrong with the change's own file, and `cancelled`.
 */
export async function judgeFile<Parsed>(
  file: RuleFile<Parsed>,
  base: BaseCheckout,
  workFolder: string,
  isGiven: (input: string) => boolean,
): Promise<Judgment<Parsed>> {
  const { shown } = file;
  const { label } = base.name;
  const head = (await exists(file.path))
    ? await file.parse(await readInputFile(file.path, 'The file', shown))
    : undefined;
  const path = pathInCheckout(base, workFolder, file.path);
  // What is outside of the checkout is not part of the change.
  if (path === undefined) return { head, holds: head, findings: [] };
  const tip = await versionOf(file, base, base.tip, path);
  if ('why' in tip) {
    const why = tip.why === absent ? `${label} has no ${shown}` : `Cannot read ${shown} of ${label}: ${tip.why}`;
    if (tip.why === absent && head === undefined) return { head, holds: undefined, findings: [] };
    if (tip.why !== absent || file.absence === 'unknown')
      return { head, holds: head, findings: [ownRules(why, shown)] };
  }
  const fork = base.fork === base.tip ? tip : await versionOf(file, base, base.fork, path);
  const [holds, before] = [tip, fork].map((version) => ('why' in version ? undefined : version.parsed));
  const used = 'why' in tip ? `${label} has no ${shown}, so the defaults` : `the rules of ${label}`;
  const findings = ruleChanges(
    { head: file.statements(head), tip: file.statements(holds), fork: file.statements(before) },
    { label, used, isGiven },
  );
  return { head, holds, findings };
}

const absent = 'absent';

/** Only a reason for a version that has no rules: a base is not this change's to repair. */
async function versionOf<Parsed>(
  { parse, shown }: RuleFile<Parsed>,
  base: BaseCheckout,
  commit: string,
  path: string,
): Promise<{ readonly parsed: Parsed } | { readonly why: string }> {
  try {
    const text = await readCommitted(base, commit, path);
    if (text === undefined) return { why: absent };
    if (text.length > largestInputFile || text.includes('\0')) {
      throw new ChartImagesError('file-unreadable', `${shown} is too large, or not a text file.`, { advice: '' });
    }
    return { parsed: await parse(text) };
  } catch (thrown) {
    const [first, ...rest] = toErrors(thrown);
    const ends = [first, ...rest].some((error) => error?.code === 'cancelled' || error?.code === 'internal');
    if (first === undefined || ends) throw thrown;
    return { why: first.message.replace(/\.$/, '') };
  }
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
