import type { MatchVersion } from '../charts/dependency-faults.ts';
import { satisfiesConstraint } from '../charts/version-constraint.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { pickVersion } from './pick-version.ts';

/** Asks Helm only where the two semver libraries may differ, because that starts a program. */
export function createVersionMatcher(helm: () => Promise<Helm>, context: HelmContext): MatchVersion {
  return async (version, constraint) => {
    const decided = satisfiesConstraint(version, constraint);
    if (decided !== undefined) return decided;
    return (await pickVersion(await helm(), constraint, [version], context)) !== undefined;
  };
}
