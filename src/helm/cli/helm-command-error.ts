/** Helm's own words for why it fetches nothing, or ours in their place; what they mean is told by the error of the chart. */
export class HelmCommandError extends Error {
  override readonly name = 'HelmRefusal';
}
