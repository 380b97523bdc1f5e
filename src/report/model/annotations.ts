import type { ChartImagesError } from '../../core/errors.ts';
import type { Severity } from '../../core/findings.ts';
import { pluralize } from '../../core/text.ts';
import { problemText } from './problem-text.ts';
import { type Problem, problemOfError } from './problems.ts';
import type { ReportView } from './report-view.ts';

/** A message that the host shows at a line of a file. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Path from the work folder, `/` as separator. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** GitHub keeps 10 of each level of a step; Azure Pipelines keeps 10 errors and 10 warnings of a task. */
export const annotationsPerLevel = 10;

/** For an error that ends the run before there is a report. */
export function annotationOfError(error: ChartImagesError): Annotation {
  return annotationOf(problemOfError(error));
}

/**
 * One annotation for each error and finding, worst first, at most `limit` (1 or more) of each level. If there are more,
 * the last one has the number of the rest.
 */
export function annotationsOf(
  { problems }: Pick<ReportView, 'problems'>,
  limit: number = annotationsPerLevel,
): readonly Annotation[] {
  const levels: readonly Severity[] = ['error', 'warning', 'notice'];
  return levels.flatMap((level) => {
    const own = problems.filter((problem) => problem.severity === level);
    if (own.length <= limit) return own.map(annotationOf);
    const shown = own.slice(0, limit - 1).map(annotationOf);
    return [...shown, restAnnotation(level, own.length - shown.length, shown.length)];
  });
}

function annotationOf(problem: Problem): Annotation {
  const { severity, code, file, line, column } = problem;
  return {
    level: severity,
    title: `chart-images: ${code}`,
    message: problemText(problem),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

function restAnnotation(level: Severity, rest: number, shown: number): Annotation {
  return {
    level,
    title: `chart-images: ${pluralize(rest, `more ${level}`)}`,
    message: `Only the first ${shown} are shown here. For all of them, see the job summary or images.json.`,
  };
}
