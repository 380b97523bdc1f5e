import { joinWithLimit, toSingleLine, truncate } from '../../core/text.ts';
import { formatObject } from './labels.ts';
import type { Row } from './row.ts';
import type { ValueSource } from './value-sources.ts';

export type Column = 'status' | 'image' | 'source' | 'target' | 'digest' | 'set at' | 'used by';

/** The columns of the table in order, without those that are empty in every row. */
export function columnsOf(rows: readonly Row[]): readonly Column[] {
  const asked = rows.some((row) => row.status !== 'unresolved');
  const targeted = rows.some((row) => row.target !== undefined);
  const columns: readonly (Column | undefined)[] = [
    'status',
    'image',
    asked ? 'source' : undefined,
    targeted ? 'target' : undefined,
    asked ? 'digest' : undefined,
    rows.some((row) => row.origins.some(({ values }) => values.length > 0)) ? 'set at' : undefined,
    'used by',
  ];
  return columns.filter((column) => column !== undefined);
}

/** Characters of a reason or an object; limits for one cell, so that rows stay readable. */
const cellCharacters = 120;
const shownUsages = 3;
const maximumLocations = 2;
const shownWays = 2;

/** The reason why there is no source. */
export function missingSource(row: Row): string {
  return truncate(toSingleLine(row.reason ?? ''), cellCharacters);
}

/** `first known` omits the chart of the first object, for tables under the heading of a chart. */
export type ChartNames = 'all shown' | 'first known';

/** The objects that use the image, on one line, with the name or path of the chart before its first object. */
export function usedByText(row: Pick<Row, 'usedBy' | 'uses'>, names: ChartNames): string {
  let last = names === 'first known' ? row.usedBy[0]?.chartPath : undefined;
  const objects = row.usedBy.map((usage) => {
    const name = usage.shownTemplate === undefined ? usage.chart : usage.chartPath;
    const prefix = usage.chartPath === last ? '' : `${name}: `;
    last = usage.chartPath;
    return truncate(toSingleLine(prefix + formatObject(usage)), cellCharacters);
  });
  return optionalText(row) + joinWithLimit(objects, shownUsages);
}

/** `optional by metrics.enabled=true: ` for an image that only toggles enable. */
function optionalText({ uses }: Pick<Row, 'uses'>): string {
  const ways = uses.flatMap(({ optionalBy }) => optionalBy ?? []);
  if (ways.length === 0 || uses.some(({ optionalBy, confidence }) => !optionalBy && confidence !== 'declared'))
    return '';
  const shown = [...new Set(ways)].map((way) => truncate(toSingleLine(way), cellCharacters));
  return `optional by ${joinWithLimit(shown, shownWays, ' or ')}: `;
}

/** The location of the value with the version of the image, for each chart, formatted by `show`. */
export function setAtText(row: Row, show: (location: string) => string): string {
  const decisive = row.origins.flatMap(({ values }) => values.find(saysVersion) ?? values[0] ?? []);
  const locations = new Set(
    decisive.map((value) => truncate(toSingleLine(formatValueLocation(value)), cellCharacters)),
  );
  return joinWithLimit([...locations].map(show), maximumLocations);
}

function formatValueLocation({ path, at }: ValueSource): string {
  switch (at.in) {
    case 'file':
      return `${at.file}:${at.line}`;
    case 'archive':
      return `${at.file} (${at.inside})`;
    case 'set':
      return `input set: ${path}`;
  }
}

function saysVersion({ parts }: ValueSource): boolean {
  return parts.includes('tag') || parts.includes('digest');
}
