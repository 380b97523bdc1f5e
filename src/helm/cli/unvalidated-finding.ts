import { ChartImagesError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { Chart } from '../charts/chart.ts';
import { chartYamlOf } from '../charts/chart-file.ts';
import type { OutsideSchema } from '../charts/outside-schemas.ts';
import type { Helm } from './helm.ts';

/** Characters of a reference in a message, because the chart controls it. */
const longestReference = 120;

/** One finding for each chart, regardless of the number of schemas. */
export function unvalidated(chart: Chart, schemas: readonly OutsideSchema[]): readonly Finding[] {
  if (schemas.length === 0) return [];
  return [
    {
      code: 'unvalidated',
      severity: 'warning',
      message: `${chart.displayPath} was rendered without validating its values: ${reasonOf(schemas)}.`,
      advice: 'Copy the definitions into the schema and refer to them with "#/...".',
      file: chartYamlOf(chart),
    },
  ];
}

/** The error `helm-version`. Without schemas, the user asked to skip all. */
export function notSkipped(chart: Chart, schemas: readonly OutsideSchema[], helm: Helm): ChartImagesError {
  const reason =
    schemas.length === 0
      ? `helm ${helm.version} cannot skip the validation of values`
      : `${reasonOf(schemas)}, and helm ${helm.version} follows such references`;
  return new ChartImagesError('helm-version', `Cannot render ${chart.displayPath}: ${reason}.`, {
    advice:
      schemas.length === 0
        ? 'Use helm 3.16 or newer (helm-version), or remove skip-schema-validation.'
        : 'Use helm 3.16 or newer (helm-version), or copy the definitions into the schema.',
    location: { file: chartYamlOf(chart) },
  });
}

function reasonOf([first, ...others]: readonly OutsideSchema[]): string {
  if (first === undefined) return '';
  const { file, reference } = first;
  const name = redactServerText(file, longestReference);
  const text =
    reference === undefined
      ? `${name} is too large to check`
      : `${name} refers to "${redactServerText(reference, longestReference)}"`;
  return others.length === 0 ? text : `${text} (and ${others.length} more)`;
}
