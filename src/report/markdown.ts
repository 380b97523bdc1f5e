import { escapeMarkdown } from './escape-markdown.ts';
import { fitSections, type Section } from './fit-sections.ts';
import { folded } from './markdown-fold.ts';
import { problemEntry } from './markdown-problem.ts';
import { imageSections } from './markdown-table.ts';
import { type Problem, problemsOf } from './problems.ts';
import type { Report } from './report.ts';
import { rowsOf } from './rows.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/**
 * Bytes of UTF-8. GitHub shows nothing at all of a summary over 1 MiB; the difference is left to what the host may add
 * (masks that are longer than what they hide, an earlier summary of the same step).
 */
export const summaryBytes = 1_000_000;

/** More problems than this are no longer read one by one; `images.json` has them all. */
const shownProblems = 100;

/** Warnings and notices up to this number stand open under the verdict. */
const openRemarks = 10;

const marks: Record<Verdict['mark'], string> = { passed: '✅', warning: '⚠️', failed: '❌' };

/** The job summary: the verdict, what is wrong and the way out, then every image. GFM that also reads well on Azure DevOps. */
export function summaryOf(report: Report, limit: number = summaryBytes): string {
  const rows = rowsOf(report);
  const verdict = verdictOf(report);
  const problems = problemsOf(report, rows);
  const errors = problems.filter((problem) => problem.severity === 'error');
  const remarks = problems.filter((problem) => problem.severity !== 'error');
  const sections = [
    { head: `### ${marks[verdict.mark]} ${escapeMarkdown(verdict.text)}\n`, entries: [], tail: '' },
    ...problemSection(errors, { head: '\n', tail: '' }),
    ...problemSection(
      remarks,
      remarks.length > openRemarks ? folded(`${remarks.length} remarks`) : { head: '\n', tail: '' },
    ),
    ...imageSections(report, rows),
  ];
  return fitSections(sections, limit, pointer);
}

function problemSection(problems: readonly Problem[], frame: Pick<Section, 'head' | 'tail'>): readonly Section[] {
  if (problems.length === 0) return [];
  const entries = problems.slice(0, shownProblems).map(problemEntry);
  const rest = problems.length - entries.length;
  return [{ ...frame, entries: rest > 0 ? [...entries, `- and ${rest} more in \`images.json\`\n`] : entries }];
}

function pointer(missing: number): string {
  const what = missing === 1 ? 'One more line' : `${missing} more lines`;
  return `\n**${what} would not fit here.** The whole report is in \`images.json\`.\n`;
}
