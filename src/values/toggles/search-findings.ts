import type { Finding } from '../../core/findings.ts';
import type { Log } from '../../core/log.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import { fileOfChart } from '../../helm/charts/chart-file.ts';
import { formatValuePath } from '../tree/scalar-value.ts';
import type { MinimalSet } from './minimize-toggles.ts';
import type { ToggleSearchResult } from './search-toggles.ts';
import { type Toggle, toSetArgument } from './toggle.ts';

/** Search result of one chart. */
export interface SearchedChart {
  readonly chart: Chart;
  /** One per value set. */
  readonly results: readonly ToggleSearchResult[];
  /** Further renderings for all value sets, and their limit. */
  readonly renderings: number;
  readonly limit: number;
}

const raiseBudget = 'Raise optional-budget';

/** Maximum of toggles in a message. The debug log has all. */
const togglesShown = 5;

/** Reports incomplete searches, so that a missing finding means no optional image. */
export function searchFindings(searched: SearchedChart): readonly Finding[] {
  const { chart, results, limit } = searched;
  const file = chart.kind === 'archive' ? chart.displayPath : fileOfChart(chart, 'values.yaml');
  const common = { code: 'unexplored', severity: 'notice', file } as const;
  const found = new Set(results.flatMap(({ minimalSets }) => minimalSets.map((minimal) => minimal.of)));
  const open = new Map(results.flatMap((each) => each.open.map((minimal) => [minimal.of, minimal])));
  const findings: Finding[] = [...open.values()]
    .filter((minimal) => !found.has(minimal.of))
    .map((minimal): Finding => ({ ...common, ...unfinishedFinding(minimal, limit) }));
  if (results.some(({ alternativesUnknown }) => alternativesUnknown)) {
    findings.push({
      ...common,
      message: `Other toggles of ${chart.displayPath} that enable the same optional images were not looked for: the limit of ${limit} renderings was reached.`,
      advice: `${raiseBudget} to find them. Images that were found are complete without it.`,
    });
  }
  const untried = untriedPaths(searched);
  if (untried.length === 0) return findings;
  const named = untried.slice(0, togglesShown).join(', ');
  const more = untried.length > togglesShown ? ` and ${untried.length - togglesShown} more` : '';
  const subject = untried.length === 1 ? '1 toggle' : `${untried.length} toggles`;
  return [
    ...findings,
    {
      ...common,
      message: `Skipped ${subject} of ${chart.displayPath} (rejected combined with others, or beyond the limit of ${limit} renderings): ${named}${more}.`,
      advice: `If one of them enables images, add a value set that turns it on, with the values that it needs. ${raiseBudget} to try more.`,
      toggles: untried,
    },
  ];
}

export function logSearch(searched: SearchedChart, log: Log): void {
  const { chart, results, renderings } = searched;
  const toggles = Math.max(0, ...results.map((each) => each.toggles));
  const has = toggles === 1 ? '1 toggle' : `${toggles} toggles`;
  const times = renderings === 1 ? '1 more time' : `${renderings} more times`;
  log.info(`${chart.displayPath} has ${has} in its values, and was rendered ${times} to look for optional images`);
  const untried = untriedPaths(searched);
  if (untried.length > 0) log.debug(`Not tried in ${chart.displayPath}: ${untried.join(', ')}`);
}

/** Toggles that no value set was rendered with. */
function untriedPaths({ results }: SearchedChart): readonly string[] {
  const [first, ...others] = results.map(({ untried }) => new Set(untried.map(formatToggle)));
  return [...(first ?? [])].filter((path) => others.every((set) => set.has(path)));
}

/** The path for a toggle of kind `on`, otherwise with its value, because choices exclude each other. */
function formatToggle(each: Toggle): string {
  return each.kind === 'on' ? formatValuePath(each.keys) : toSetArgument(each);
}

function unfinishedFinding(
  { of: image, by }: MinimalSet<string>,
  limit: number,
): Pick<Finding, 'message' | 'advice' | 'image'> {
  const count = by.toggles.length;
  return {
    image,
    message: `${image} is enabled by ${count} toggles combined. Which of them it needs was not determined within ${limit} renderings.`,
    advice: `Add a value set that turns on the features that you use: its images are always found. Or ${raiseBudget.toLowerCase()}.`,
  };
}
