/** Azure Pipelines leaves a macro whose variable does not exist, or is secret in a build of a fork, as it is. */
const macro = /^\$\([\w.-]+\)$/;

/** Whether a text is a macro of Azure Pipelines, and nothing else. */
export function isMacro(text: string): boolean {
  return macro.test(text);
}

/** The macro in a variable of the environment that Azure Pipelines did not fill in. Undefined on other hosts. */
export function unfilledMacro(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  const text = environment[name];
  return environment['TF_BUILD'] === 'True' && text !== undefined && isMacro(text) ? text : undefined;
}

/** Completes "…: ". */
export function unfilledCause(text: string): string {
  return `the variable ${text} has no value in this run`;
}

export const unfilledAdvice =
  'Builds of forks have no secret variables: set failOn: absent for them. In other runs, check that the pipeline has the variable.';
