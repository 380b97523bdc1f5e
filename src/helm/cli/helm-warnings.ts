import type { Finding } from '../../core/findings.ts';
import type { Log } from '../../core/log.ts';
import type { Chart } from '../charts/chart.ts';
import { chartYamlOf } from '../charts/chart-file.ts';

/** More lines than this repeat the same warning, for example for each document. */
const maximumWarnings = 50;

/** Characters of a hook name, which the chart controls. */
const longestHook = 100;

/**
 * Logs the lines of standard error. Returns a finding for each unknown hook, because Helm skips manifests with it
 * without failing, and their images would be lost.
 */
export function readWarnings(stderr: string, chart: Chart, log: Log): readonly Finding[] {
  const lines = new Set(stderr.split('\n').map((line) => line.trim()));
  const hooks = new Set([...lines].flatMap((line) => unknownHooks(line) ?? []));
  const others = [...lines].filter((line) => line !== '' && unknownHooks(line) === undefined);
  for (const line of others.slice(0, maximumWarnings)) {
    const reported = `${chart.displayPath}: helm reports: ${line}`;
    if (/\bwarn(?:ing)?\b/i.test(line)) log.warning(reported);
    else log.debug(reported);
  }
  return [...hooks].slice(0, maximumWarnings).map((hook) => skippedManifestFinding(hook, chart));
}

/**
 * Manifests with an unknown `helm.sh/hook` are skipped with exit code 0 and only this line (observed).
 * Helm 3: `manifest_sorter.go:199: info: skipping unknown hook: "pre-magic"`,
 * helm 4: `level=INFO msg="skipping unknown hooks" hookTypes=pre-magic`.
 */
function unknownHooks(line: string): string | undefined {
  return /skipping unknown hooks?(?:: |" hookTypes=)"?([^"]*)"?/.exec(line)?.[1];
}

function skippedManifestFinding(hook: string, chart: Chart): Finding {
  const shown = hook.length > longestHook ? `${hook.slice(0, longestHook)}…` : hook;
  return {
    code: 'unreadable',
    severity: 'warning',
    message: `${chart.displayPath}: helm skips manifests with the unknown hook "${shown}", so images in them are missing.`,
    advice:
      'Fix the annotation helm.sh/hook of these manifests. For valid hooks, see helm.sh/docs/topics/charts_hooks.',
    file: chartYamlOf(chart),
  };
}
