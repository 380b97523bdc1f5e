import { isMainThread } from 'node:worker_threads';
import { version } from './core/version.ts';
import { detectHost } from './hosts/detect-host.ts';
import type { Host } from './hosts/host.ts';
import { currentProcessEnvironment, type ProcessEnvironment } from './hosts/process-environment.ts';
import { runToCompletion } from './hosts/run-process.ts';

/** Only the host that is needed is loaded: the libraries of the other two are most of the start. */
async function createHost(processEnvironment: ProcessEnvironment): Promise<Host> {
  switch (detectHost(processEnvironment)) {
    case 'github':
      return await (await import('./hosts/github-host.ts')).createGithubHost(processEnvironment);
    case 'azure':
      return await (await import('./hosts/azure-host.ts')).createAzureHost(processEnvironment);
    case 'terminal':
      return (await import('./hosts/terminal-host.ts')).createTerminalHost(processEnvironment);
  }
}

async function main(processEnvironment: ProcessEnvironment): Promise<void> {
  const flags = processEnvironment.arguments.slice(0, indexOrEnd(processEnvironment.arguments, '--'));
  if (flags.includes('--help') || flags.includes('-h')) {
    const { helpText } = await import('./inputs/help.ts');
    processEnvironment.writeOut(helpText());
  } else if (flags.includes('--version')) {
    processEnvironment.writeOut(`${version}\n`);
  } else {
    await runToCompletion(
      processEnvironment,
      () => createHost(processEnvironment),
      async (host, signal) => await (await import('./app/run.ts')).run(host, signal),
    );
  }
}

function indexOrEnd(list: readonly string[], item: string): number {
  const index = list.indexOf(item);
  return index < 0 ? list.length : index;
}

// The bundle has one file that can be started; discovery starts it as a thread.
if (isMainThread) void main(currentProcessEnvironment());
else void import('./discovery/scan-worker.ts');
