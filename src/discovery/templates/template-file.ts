/**
 * The path in the chart of a template as Helm names it. The first part is the name of the chart, not its folder:
 * `parent/charts/sub/templates/b.yaml` is `charts/sub/templates/b.yaml` of the chart `parent`.
 */
export function pathInChart(template: string): string | undefined {
  const slash = template.indexOf('/');
  const path = slash < 0 ? '' : template.slice(slash + 1);
  // The chart controls this text, so the path must not leave the chart's folder.
  if (
    path === '' ||
    path.includes('\\') ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..')
  ) {
    return undefined;
  }
  return path;
}
