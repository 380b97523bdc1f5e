import type { Chart } from '../../helm/charts/chart.ts';

/**
 * The path inside the chart of a template as helm names it. The first part is the chart's name, not its folder:
 * `parent/charts/sub/templates/b.yaml` is `charts/sub/templates/b.yaml` of the chart `parent`.
 */
export function pathInChart(template: string): string | undefined {
  const slash = template.indexOf('/');
  const path = slash < 0 ? '' : template.slice(slash + 1);
  // The text comes from a rendered stream, which a chart writes: nothing may lead out of the chart's folder.
  if (
    path === '' ||
    path.includes('\\') ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..')
  ) {
    return undefined;
  }
  return path;
}

/** A file of a chart's folder as the user can open it: from the work folder, without a leading `./`. */
export function fileOfChart(chart: Chart, path: string): string {
  return chart.displayPath === '.' ? path : `${chart.displayPath}/${path}`;
}
