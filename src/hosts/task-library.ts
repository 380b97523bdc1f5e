/**
 * azure-pipelines-task-lib does things when it is loaded: it moves `INPUT_*`, `ENDPOINT_AUTH_*` and `SECRET_*` from
 * `process.env` into a vault, so that no child process inherits them; it writes the vault's key as `.taskkey` into
 * `AGENT_TEMPDIRECTORY` or, without one, into the folder of the run; and it answers uncaught errors itself, with their text
 * unmasked and without ending the process.
 */
export async function loadTaskLibrary(temporary: string) {
  // Only outside an agent: the key then goes away with the folder.
  process.env['AGENT_TEMPDIRECTORY'] ||= temporary;
  // The agent's own switch, set by newer agents: no line for each input when nobody asked for debug lines.
  process.env['DISTRIBUTEDTASK_TASKS_NODE_SKIPDEBUGLOGSWHENDEBUGMODEOFF'] ||= 'true';
  const caught = process.listeners('uncaughtException');
  const rejected = process.listeners('unhandledRejection');
  const library = await import('azure-pipelines-task-lib/task.js');
  for (const listener of process.listeners('uncaughtException')) {
    if (!caught.includes(listener)) process.removeListener('uncaughtException', listener);
  }
  for (const listener of process.listeners('unhandledRejection')) {
    if (!rejected.includes(listener)) process.removeListener('unhandledRejection', listener);
  }
  return library;
}
