/**
 * On import, azure-pipelines-task-lib moves `INPUT_*`, `ENDPOINT_AUTH_*` and `SECRET_*` from `process.env` into a
 * vault, so that child processes don't inherit them, and writes the key as `.taskkey` into `AGENT_TEMPDIRECTORY` or the
 * work folder. Its handler of uncaught errors never runs: run-process.ts ends the process first.
 */
export async function loadTaskLibrary(temporary: string) {
  // Newer agents set this: no debug line for each input unless debugging is on.
  process.env['DISTRIBUTEDTASK_TASKS_NODE_SKIPDEBUGLOGSWHENDEBUGMODEOFF'] ||= 'true';
  // The vault remembers the path of its key, so the variable is set only during the import; the key is removed with it.
  const given = process.env['AGENT_TEMPDIRECTORY'];
  process.env['AGENT_TEMPDIRECTORY'] = temporary;
  try {
    return await import('azure-pipelines-task-lib/task.js');
  } finally {
    if (given === undefined) delete process.env['AGENT_TEMPDIRECTORY'];
    else process.env['AGENT_TEMPDIRECTORY'] = given;
  }
}
