import type { Kind } from './kind.ts';

/** A worker tries one kind, and loads only what that needs of the program. */
function kind(name: string, share: number, load: () => Promise<Kind['open']>): Kind {
  return { name, share, open: async (folder) => await (await load())(folder) };
}

const files = async () => await import('./kinds/files.ts');
const texts = async () => await import('./kinds/texts.ts');

/** Everything that strangers write and that is given to modules in a process. */
export const kinds: readonly Kind[] = [
  kind('renderings', 15, async () => (await import('./kinds/renderings.ts')).openRenderings),
  kind('cnf-input', 10, async () => (await files()).openCnfInput),
  kind('config', 12, async () => (await files()).openConfig),
  kind('docker-config', 13, async () => (await files()).openDockerConfig),
  kind('challenges', 14, async () => (await texts()).openChallenges),
  kind('registry-answers', 8, async () => (await import('./kinds/registry-answers.ts')).openRegistryAnswers),
  kind('helm-errors', 12, async () => (await texts()).openHelmErrors),
  kind('event-files', 8, async () => (await files()).openEventFiles),
  kind('environment', 8, async () => (await import('./kinds/environment.ts')).openEnvironment),
  kind('merge-reports', 4, async () => (await import('./kinds/merge-reports.ts')).openMergeReports),
];
