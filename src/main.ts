import { isMainThread } from 'node:worker_threads';
import { conduct } from './hosts/conduct.ts';
import { detectHost } from './hosts/detect-host.ts';
import type { Host } from './hosts/host.ts';
import { type Surroundings, surroundingsOfProcess } from './hosts/surroundings.ts';
import { version } from './version.ts';

/** Only the host that is needed is loaded: the libraries of the other two are most of the start. */
async function openHost(surroundings: Surroundings): Promise<Host> {
  switch (detectHost(surroundings)) {
    case 'github':
      return await (await import('./hosts/github-host.ts')).openGithubHost(surroundings);
    case 'azure':
      return await (await import('./hosts/azure-host.ts')).openAzureHost(surroundings);
    case 'terminal':
      return (await import('./hosts/terminal-host.ts')).openTerminalHost(surroundings);
  }
}

async function main(surroundings: Surroundings): Promise<void> {
  const flags = surroundings.arguments.slice(0, indexOrEnd(surroundings.arguments, '--'));
  if (flags.includes('--help') || flags.includes('-h')) {
    const { helpText } = await import('./inputs/help.ts');
    surroundings.writeOut(helpText());
  } else if (flags.includes('--version')) {
    surroundings.writeOut(`${version}\n`);
  } else {
    await conduct(
      surroundings,
      () => openHost(surroundings),
      async (host, signal) => await (await import('./run.ts')).run(host, signal),
    );
  }
}

function indexOrEnd(list: readonly string[], item: string): number {
  const index = list.indexOf(item);
  return index < 0 ? list.length : index;
}

// The bundle has one file that can be started; discovery starts it as a thread.
if (isMainThread) void main(surroundingsOfProcess());
else void import('./discovery/examine-worker.ts');
