import type { Finding } from '../core/findings.ts';
import { joinWithLimit, toSingleLine, truncate } from '../core/text.ts';
import type { InputName } from './input-table.ts';
import type { Statement } from './rule-statements.ts';

/** A file in the change, at the tip of the base, and at the fork point. */
export interface Versions {
  readonly head: readonly Statement[];
  readonly tip: readonly Statement[];
  readonly fork: readonly Statement[];
}

export interface ChangeContext {
  /** The base, as shown to the user. */
  readonly label: string;
  /** The rules that were used instead of those of the change. */
  readonly used: string;
  /** Whether the workflow sets the input, which overrides every version of the file. */
  isGiven(input: InputName): boolean;
}

/** A malicious file can have thousands of entries and long values. */
const shownEntries = 3;
const shownCharacters = 100;

/**
 * One finding for each key that the change alters, at its line. Changes on the base since the fork point don't count.
 */
export function ruleChanges({ head, tip, fork }: Versions, words: ChangeContext): readonly Finding[] {
  return head.flatMap((own, at) => {
    const [base, before] = [tip[at], fork[at]];
    if (base === undefined || isSame(own, base) || (before !== undefined && isSame(own, before))) return [];
    const known = new Set(base.entries);
    const kept = new Set(own.entries);
    // Entries that the change adds to other lists are checked anyway.
    const counted = [...own.entries.entries()].filter(([, entry]) => own.owner === 'base' || isExclusion(own, entry));
    const added = counted.flatMap(([index, entry]) => (known.has(entry) ? [] : [{ entry, index }]));
    const removed = base.entries.filter((entry) => !kept.has(entry));
    if (added.length + removed.length === 0) return [];
    const what = own.form === 'value' ? formatValueChange(own, base, words) : formatEntryChange(own, added, removed);
    const { file, line } = own.location(own.form === 'entries' ? added[0]?.index : undefined);
    const input = inputOf(own.key);
    const given = input !== undefined && words.isGiven(input) ? input : undefined;
    return [
      {
        code: 'policy-changed',
        severity: given !== undefined || own.owner === 'change' ? 'notice' : 'warning',
        message: `This change ${what}; ${formatConsequence(own, added, given, words)}.`,
        advice: adviceFor(own, given, words),
        ...(head.every(({ entries }) => entries.length === 0) ? {} : { file }),
        ...(line === undefined ? {} : { line }),
      },
    ];
  });
}

/** `!charts/lib-*` removes charts. */
function isExclusion({ key }: Statement, entry: string): boolean {
  return key === 'charts' && entry.startsWith('!');
}

function isSame(left: Statement, right: Statement): boolean {
  if (left.form === 'value') return left.entries[0] === right.entries[0];
  const [these, those] = [new Set(left.entries), new Set(right.entries)];
  return these.size === those.size && [...these].every((entry) => those.has(entry));
}

function formatValueChange(
  { key, entries: [own] }: Statement,
  { entries: [base] }: Statement,
  { label }: ChangeContext,
): string {
  if (own === undefined) return `removes ${key}: ${show(base ?? '')}`;
  return `sets ${key}: ${show(own)}${base === undefined ? '' : ` (${label}: ${show(base)})`}`;
}

function formatEntryChange(
  { key }: Statement,
  added: readonly { readonly entry: string }[],
  removed: readonly string[],
): string {
  const list = (entries: readonly string[]) => joinWithLimit(entries.map(show), shownEntries, '; ');
  const adds = added.map(({ entry }) => entry);
  return [
    ...(adds.length > 0 ? [`adds ${pluralEntries(adds.length)} to ${key} (${list(adds)})`] : []),
    ...(removed.length > 0 ? [`removes ${pluralEntries(removed.length)} from ${key} (${list(removed)})`] : []),
  ].join(' and ');
}

function pluralEntries(amount: number): string {
  return amount === 1 ? '1 entry' : `${amount} entries`;
}

function formatConsequence(
  { owner }: Statement,
  added: readonly unknown[],
  given: string | undefined,
  { used, label }: ChangeContext,
): string {
  if (given !== undefined) return `the input ${given} was used`;
  if (owner === 'both') return `those of ${label} were checked too`;
  if (owner === 'change' && added.length > 0) return 'charts that it excludes were not checked';
  return owner === 'change' ? 'removed entries were not checked' : `${used} were used`;
}

function adviceFor({ key, owner }: Statement, given: string | undefined, { label }: ChangeContext): string {
  if (given !== undefined) return `To apply this change, also change the input ${given} in the workflow.`;
  if (owner === 'change') return 'Check that these charts were removed on purpose.';
  const input = inputOf(key);
  const inWorkflow = input === undefined ? '' : `, or set the input ${input} in the workflow`;
  return `Merge these rules to ${label} in a separate change${inWorkflow}.`;
}

/** The input for a key; undefined if there is none. */
function inputOf(key: string): InputName | undefined {
  switch (key) {
    case 'image_sources':
      return 'image-sources';
    case 'image-sources':
    case 'placeholder-registries':
    case 'fail-on':
    case 'fail-on-new':
    case 'platforms':
    case 'optional-images':
    case 'optional-budget':
    case 'helm-version':
    case 'target':
    case 'on-existing':
    case 'attachments':
      return key;
    default:
      return undefined;
  }
}

function show(text: string): string {
  // A URL can contain credentials.
  return truncate(toSingleLine(text.replace(/\/\/[^/]*@/g, '//***@')), shownCharacters);
}
