import { join } from 'node:path/posix';
import type { SourceLocation } from '../../core/errors.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';

/** A chart of which the user sees a folder, or only an archive. */
export interface ShownChart {
  readonly shown: string;
  readonly kind: Chart['kind'];
}

/** The line that lists the dependency; the archive, in which an error cannot point to a line. */
export function dependencyLocation(
  { shown, kind }: ShownChart,
  dependency: Pick<ChartDependency, 'at'> | undefined,
): SourceLocation {
  if (kind === 'archive') return { file: shown };
  const at = dependency?.at;
  return { file: join(shown, at?.file ?? 'Chart.yaml'), ...(at !== undefined && { line: at.line }) };
}
