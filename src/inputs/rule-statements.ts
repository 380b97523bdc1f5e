import type { SourceLocation } from '../core/errors.ts';
import type { CnfDocument } from './cnf-input.ts';
import { readCnfSources } from './cnf-sources.ts';
import type { ConfigDocument } from './config-document.ts';
import type { ConfigChart } from './config-schema.ts';
import { cnfRuleKeys, configRuleKeys, type RuleOwner } from './rule-keys.ts';

/** The entries of one key of a file, for comparing two versions of the file. */
export interface Statement {
  readonly key: string;
  readonly owner: RuleOwner;
  /** One value (`fail-on: none`), or independent entries (`ignore`). */
  readonly form: 'value' | 'entries';
  /** As shown to the user; equal texts are equal entries. Empty if the file does not have the key. */
  readonly entries: readonly string[];
  /** Of the key, or of an entry. */
  location(entry?: number): SourceLocation;
}

/** The statements of chart-images.yaml for each key of the table; all empty if the file is undefined. */
export function configStatements(parsed: ConfigDocument | undefined, displayPath: string): readonly Statement[] {
  return Object.entries(configRuleKeys).map(([key, owner]) => {
    const value: unknown = parsed?.config[key as keyof typeof configRuleKeys]; // Object.entries forgets which keys.
    const form = key === 'charts' || isEntryList(key) ? 'entries' : 'value';
    const at = entriesOf(key, value, parsed?.config.charts ?? []);
    return {
      key,
      owner,
      form,
      entries: at.map(({ text }) => text),
      location: (entry) => {
        if (parsed === undefined || value === undefined) return { file: displayPath };
        const index = entry === undefined ? undefined : at[entry]?.index;
        return parsed.document.locationOf(index === undefined ? [key] : [key, index]);
      },
    };
  });
}

/** The same for cnf-input.jsonc, including legacy forms of the sources. */
export function cnfStatements(parsed: CnfDocument | undefined, displayPath: string): readonly Statement[] {
  return Object.entries(cnfRuleKeys).map(([key, owner]) => {
    const entries = parsed === undefined ? [] : cnfEntries(key, parsed);
    return {
      key,
      owner,
      form: key === 'helm_packages' ? 'entries' : 'value',
      entries,
      location: (entry) => {
        if (parsed === undefined) return { file: displayPath };
        return parsed.document.locationOf(entry === undefined ? [key] : [key, entry]);
      },
    };
  });
}

const isEntryList = (key: string): boolean => ['ignore', 'require', 'paths', 'extra-images'].includes(key);

interface Entry {
  readonly text: string;
  readonly index: number;
}

function entriesOf(key: string, value: unknown, charts: readonly ConfigChart[]): readonly Entry[] {
  if (value === undefined) return [];
  if (key === 'charts') return charts.flatMap(chartEntries);
  if (!isEntryList(key)) return [{ text: valueText(key, value), index: 0 }];
  return (Array.isArray(value) ? value : []).map((entry, index) => ({ text: entryText(entry), index }));
}

/** A chart and each of its value sets, because each is rendered separately. */
function chartEntries({ chart, valueSets = [] }: ConfigChart, index: number): readonly Entry[] {
  return [{ text: chart, index }, ...valueSets.map(({ name }) => ({ text: `${chart} with ${name}`, index }))];
}

/** The order matters only for sources. */
function valueText(key: string, value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return (key === 'image-sources' ? value : value.toSorted()).join(', ');
}

/** Without the reason, which does not change the rule. */
function entryText(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry);
  const parts = Object.entries(entry).filter(([key]) => key !== 'reason');
  return parts
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ');
}

function cnfEntries(key: string, { input, document }: CnfDocument): readonly string[] {
  if (key === 'helm_packages') return input.helm_packages.map(({ path_to_chart }) => path_to_chart);
  if (key === 'image_sources') {
    return [
      readCnfSources(input, document)
        .sources.map(({ text }) => text)
        .join(', '),
    ];
  }
  const value = { ...input }[key as 'publisher_name']; // One of the texts of the table.
  return value ? [value] : [];
}
