import type { ProcessEnvironment } from './process-environment.ts';

/**
 * Which host this is. A runner starts an action or a task without arguments and hands over its inputs as `INPUT_*`; a
 * person gives arguments, also in a `run:` or `script:` step of a pipeline, where `GITHUB_ACTIONS` or `TF_BUILD` is set as
 * well and no input is. So: arguments, or no `INPUT_*` → terminal; with inputs, the runner's own mark decides.
 * `AGENT_TEMPDIRECTORY` alone is enough for Azure, so that the task can be tried outside an agent.
 */
export function detectHost({
  env,
  arguments: given,
}: Pick<ProcessEnvironment, 'env' | 'arguments'>): 'github' | 'azure' | 'terminal' {
  if (given.length > 0) return 'terminal';
  if (!Object.keys(env).some((name) => name.startsWith('INPUT_'))) return 'terminal';
  if (env['GITHUB_ACTIONS'] === 'true') return 'github';
  if (env['TF_BUILD'] || env['AGENT_TEMPDIRECTORY']) return 'azure';
  return 'terminal';
}
