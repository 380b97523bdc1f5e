/** A reason why a helm command failed, in Helm's words or ours, that a caller wraps in an error about the chart. */
export class HelmCommandError extends Error {
  override readonly name = 'HelmCommandError';
}
