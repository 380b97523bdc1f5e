/**
 * azure-pipelines-task-lib does things when it is loaded: it moves `INPUT_*`, `ENDPOINT_AUTH_*` and `SECRET_*` from
 * `process.env` into a vault, so that no child process inherits them; it writes the vault's key as `.taskkey` into
 * `AGENT_TEMPDIRECTORY` or, without one, into the folder of the run; and it listens for uncaught errors, after conduct.ts,
 * which has ended the process by then.
 */
export async function loadTaskLibrary(temporary: string) {
  // Only outside an agent: the key then goes away with the folder.
  process.env['AGENT_TEMPDIRECTORY'] ||= temporary;
  // The agent's own switch, set by newer agents: no line for each input when nobody asked for debug lines.
  process.env['DISTRIBUTEDTASK_TASKS_NODE_SKIPDEBUGLOGSWHENDEBUGMODEOFF'] ||= 'true';
  return await import('azure-pipelines-task-lib/task.js');
}
