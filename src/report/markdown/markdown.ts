import { pluralize } from '../../core/text.ts';
import type { Problem } from '../model/problems.ts';
import type { ReportView } from '../model/report-view.ts';
import type { RunSummary } from '../model/summary-line.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { fitSections, type Section } from './fit-sections.ts';
import { aosmSections } from './markdown-aosm.ts';
import { collapsible } from './markdown-details.ts';
import { deltaSections } from './markdown-diff.ts';
import { ignoredSections } from './markdown-ignored.ts';
import { problemEntry } from './markdown-problem.ts';
import { imageSections } from './markdown-table.ts';
import { graphSections } from './mermaid-graph.ts';
import { registryValuesSections } from './report-registry-values.ts';

/** Capabilities of a host for summaries. */
export interface SummaryFormat {
  /** Bytes of UTF-8. */
  readonly bytes: number;
  readonly diagrams: 'mermaid' | 'none';
}

/**
 * GitHub rejects summaries over 1 MiB; the rest is reserved for longer masks and an earlier summary of the step. Azure
 * DevOps renders Mermaid only in wikis.
 */
export const summaryFormats = {
  github: { bytes: 1_000_000, diagrams: 'mermaid' },
  azure: { bytes: 1_000_000, diagrams: 'none' },
  terminal: { bytes: 1_000_000, diagrams: 'none' },
} as const satisfies Record<string, SummaryFormat>;

/** More are not useful on a page; `images.json` has all. */
const shownProblems = 100;

/** More warnings and notices are collapsed. */
const openRemarks = 10;

const marks: Record<RunSummary['mark'], string> = { passed: '✅', warning: '⚠️', failed: '❌' };

/**
 * The job summary in GFM, also for Azure DevOps: the result, changed rules, problems, the diff, every image, and the
 * graph.
 */
export function toMarkdown(report: ReportView, format: SummaryFormat = summaryFormats.github): string {
  const { summary, problems, rows } = report;
  const sections = [
    { head: `### ${marks[summary.mark]} ${escapeMarkdown(summary.text)}\n`, entries: [], tail: '' },
    ...problemSections(problems),
    ...deltaSections(report),
    ...imageSections(report),
    ...ignoredSections(report),
    ...(format.diagrams === 'mermaid' ? graphSections(rows) : []),
    ...registryValuesSections(report),
    ...aosmSections(report),
  ];
  return fitSections(sections, format.bytes, overflowNote);
}

/** First, because they decide which rules the report is based on. */
const ofRules: ReadonlySet<string> = new Set(['policy-changed', 'no-base']);

/** Errors are expanded, known problems collapsed, and others collapsed if there are many. */
function problemSections(problems: readonly Problem[]): readonly Section[] {
  const rules = problems.filter(({ code }) => ofRules.has(code));
  const rest = problems.filter(({ code }) => !ofRules.has(code));
  const errors = rest.filter(({ severity }) => severity === 'error');
  const others = rest.filter(({ severity }) => severity !== 'error');
  const remarks = others.filter(({ age }) => age !== 'known');
  const known = others.filter(({ age }) => age === 'known');
  return [
    ...problemSection(rules, open),
    ...problemSection(errors, open),
    ...problemSection(remarks, remarks.length > openRemarks ? collapsible(pluralize(remarks.length, 'remark')) : open),
    ...problemSection(known, collapsible(`${pluralize(known.length, 'problem')} that the base also has`)),
  ];
}

const open: Pick<Section, 'head' | 'tail'> = { head: '\n', tail: '' };

function problemSection(problems: readonly Problem[], frame: Pick<Section, 'head' | 'tail'>): readonly Section[] {
  if (problems.length === 0) return [];
  const entries = problems.slice(0, shownProblems).map(problemEntry);
  const rest = problems.length - entries.length;
  return [{ ...frame, entries: rest > 0 ? [...entries, `- and ${rest} more in \`images.json\`\n`] : entries }];
}

function overflowNote(missing: number): string {
  return `\n**${pluralize(missing, 'more line')} omitted.** For the full report, see \`images.json\`.\n`;
}
