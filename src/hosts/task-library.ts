/**
 * azure-pipelines-task-lib does things when it is loaded: it moves `INPUT_*`, `ENDPOINT_AUTH_*` and `SECRET_*` from
 * `process.env` into a vault, so that no child process inherits them; it writes the vault's key as `.taskkey` into
 * `AGENT_TEMPDIRECTORY` or, without one, into the folder of the run; and it listens for uncaught errors, after conduct.ts,
 * which has ended the process by then.
 */
export async function loadTaskLibrary(temporary: string) {
  // The agent's own switch, set by newer agents: no line for each input unless debug lines were requested.
  process.env['DISTRIBUTEDTASK_TASKS_NODE_SKIPDEBUGLOGSWHENDEBUGMODEOFF'] ||= 'true';
  // The vault remembers the path of its key, so this folder is only said while it is made: the key goes away with it.
  const given = process.env['AGENT_TEMPDIRECTORY'];
  process.env['AGENT_TEMPDIRECTORY'] = temporary;
  try {
    return await import('azure-pipelines-task-lib/task.js');
  } finally {
    if (given === undefined) delete process.env['AGENT_TEMPDIRECTORY'];
    else process.env['AGENT_TEMPDIRECTORY'] = given;
  }
}
