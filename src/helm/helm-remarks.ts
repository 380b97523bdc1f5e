import type { Log } from '../log.ts';

/** Remarks beyond this are the same one again and again, for example a warning per document. */
const maximumRemarks = 50;

/** Hands on what helm said beside its output: warnings as warnings, the rest to the debug log. */
export function tellRemarks(stderr: string, chart: string, log: Log): void {
  for (const line of new Set(
    stderr
      .split('\n')
      .map((each) => each.trim())
      .slice(0, maximumRemarks),
  )) {
    if (line === '') continue;
    const hooks = unknownHooks(line);
    if (hooks !== undefined) {
      log.warning(
        `${chart}: helm knows no hook "${hooks}" and leaves out every manifest with it, and so every image in them.`,
      );
    } else if (/\bwarn(?:ing)?\b/i.test(line)) log.warning(`${chart}: helm says: ${line}`);
    else log.debug(`${chart}: helm says: ${line}`);
  }
}

/**
 * Manifests with an unknown `helm.sh/hook` vanish with exit code 0; this line is all that is left of them (observed).
 * Helm 3: `manifest_sorter.go:199: info: skipping unknown hook: "pre-magic"`,
 * helm 4: `level=INFO msg="skipping unknown hooks" hookTypes=pre-magic`.
 */
function unknownHooks(line: string): string | undefined {
  return /skipping unknown hooks?(?:: |" hookTypes=)"?([^"]*)"?/.exec(line)?.[1];
}
