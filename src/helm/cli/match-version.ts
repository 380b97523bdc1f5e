import { ChartImagesError } from '../../core/errors.ts';
import type { MatchVersion } from '../charts/dependency-faults.ts';
import { satisfiesConstraint } from '../charts/version-constraint.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { pickVersion } from './pick-version.ts';

/** Programs for one chart. The corpus' largest chart has 13 dependencies, and few dependencies need one. */
const maximumPrograms = 200;

/**
 * Asks Helm only where the two semver libraries may differ, because that starts a program. `name` is the chart in
 * messages. The matcher throws `chart-invalid` if the chart needs too many of them.
 */
export function createVersionMatcher(helm: () => Promise<Helm>, name: string, context: HelmContext): MatchVersion {
  const asked = new Map<string, Promise<string | undefined>>();
  return async (version, constraint) => {
    const decided = satisfiesConstraint(version, constraint);
    if (decided !== undefined) return decided;
    const key = JSON.stringify([version, constraint]);
    if (!asked.has(key) && asked.size >= maximumPrograms) throw tooMany(name);
    const picked = asked.get(key) ?? helm().then((own) => pickVersion(own, constraint, [version], context));
    asked.set(key, picked);
    return (await picked) !== undefined;
  };
}

function tooMany(name: string): ChartImagesError {
  return new ChartImagesError(
    'chart-invalid',
    `Cannot check the dependencies of ${name}: more than ${maximumPrograms} of their versions can be compared only by helm.`,
    { advice: 'Use plain versions and constraints, such as 1.2.3 or ^1.2.', location: { file: name } },
  );
}
