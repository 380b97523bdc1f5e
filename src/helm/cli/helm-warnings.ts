import type { Finding } from '../../core/findings.ts';
import type { Log } from '../../core/log.ts';
import type { Chart } from '../charts/chart.ts';

/** Remarks beyond this are the same one again and again, for example a warning per document. */
const maximumWarnings = 50;

/** Texts of a chart are shown up to here. */
const longestHook = 100;

/**
 * What helm said beside its output: warnings and the rest go to the log; manifests that it left out without failing become
 * findings, for an unseen image would be lost.
 */
export function readWarnings(stderr: string, chart: Chart, log: Log): readonly Finding[] {
  const lines = new Set(stderr.split('\n').map((line) => line.trim()));
  const hooks = new Set([...lines].flatMap((line) => unknownHooks(line) ?? []));
  const others = [...lines].filter((line) => line !== '' && unknownHooks(line) === undefined);
  for (const line of others.slice(0, maximumWarnings)) {
    const reported = `${chart.displayPath}: helm says: ${line}`;
    if (/\bwarn(?:ing)?\b/i.test(line)) log.warning(reported);
    else log.debug(reported);
  }
  return [...hooks].slice(0, maximumWarnings).map((hook) => skippedManifestFinding(hook, chart));
}

/**
 * Manifests with an unknown `helm.sh/hook` vanish with exit code 0; this line is all that is left of them (observed).
 * Helm 3: `manifest_sorter.go:199: info: skipping unknown hook: "pre-magic"`,
 * helm 4: `level=INFO msg="skipping unknown hooks" hookTypes=pre-magic`.
 */
function unknownHooks(line: string): string | undefined {
  return /skipping unknown hooks?(?:: |" hookTypes=)"?([^"]*)"?/.exec(line)?.[1];
}

function skippedManifestFinding(hook: string, { displayPath, kind: form }: Chart): Finding {
  const shown = hook.length > longestHook ? `${hook.slice(0, longestHook)}…` : hook;
  return {
    code: 'unreadable',
    severity: 'warning',
    message: `${displayPath}: helm knows no hook "${shown}" and leaves out every manifest with it, and so every image in them.`,
    advice: 'Fix the annotation helm.sh/hook of these manifests; helm.sh/docs/topics/charts_hooks has the list.',
    file: form === 'folder' ? `${displayPath}/Chart.yaml` : displayPath,
  };
}
