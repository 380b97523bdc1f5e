import type { ProcessEnvironment } from './process-environment.ts';

/**
 * Arguments or no `INPUT_*` mean a terminal: in a `run:` or `script:` step, `GITHUB_ACTIONS` or `TF_BUILD` is also set,
 * but no input is. Otherwise the variable of the runner decides. `AGENT_TEMPDIRECTORY` alone means Azure, so that the
 * task can be tried without an agent.
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
