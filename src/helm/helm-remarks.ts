import type { Chart } from '../charts/chart.ts';
import type { Finding } from '../findings.ts';
import type { Log } from '../log.ts';

/** Remarks beyond this are the same one again and again, for example a warning per document. */
const maximumRemarks = 50;

/** Texts of a chart are shown up to here. */
const longestHook = 100;

/**
 * What helm said beside its output: warnings and the rest go to the log; manifests that it left out without failing become
 * findings, for an image that nobody sees would be lost.
 */
export function readRemarks(stderr: string, chart: Chart, log: Log): readonly Finding[] {
  const lines = new Set(stderr.split('\n').map((line) => line.trim()));
  const hooks = new Set([...lines].flatMap((line) => unknownHooks(line) ?? []));
  const others = [...lines].filter((line) => line !== '' && unknownHooks(line) === undefined);
  for (const line of others.slice(0, maximumRemarks)) {
    const told = `${chart.displayPath}: helm says: ${line}`;
    if (/\bwarn(?:ing)?\b/i.test(line)) log.warning(told);
    else log.debug(told);
  }
  return [...hooks].slice(0, maximumRemarks).map((hook) => leftOut(hook, chart));
}

/**
 * Manifests with an unknown `helm.sh/hook` vanish with exit code 0; this line is all that is left of them (observed).
 * Helm 3: `manifest_sorter.go:199: info: skipping unknown hook: "pre-magic"`,
 * helm 4: `level=INFO msg="skipping unknown hooks" hookTypes=pre-magic`.
 */
function unknownHooks(line: string): string | undefined {
  return /skipping unknown hooks?(?:: |" hookTypes=)"?([^"]*)"?/.exec(line)?.[1];
}

function leftOut(hook: string, { displayPath, form }: Chart): Finding {
  const shown = hook.length > longestHook ? `${hook.slice(0, longestHook)}…` : hook;
  return {
    code: 'unreadable',
    severity: 'warning',
    message: `${displayPath}: helm knows no hook "${shown}" and leaves out every manifest with it, and so every image in them.`,
    advice: 'Mend the annotation helm.sh/hook of these manifests; helm.sh/docs/topics/charts_hooks has the list.',
    file: form === 'folder' ? `${displayPath}/Chart.yaml` : displayPath,
  };
}
