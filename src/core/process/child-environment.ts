/**
 * Variables that hold what this run was given as inputs and connections, passwords of registries, and what a job asks for tokens
 * with: no program that it starts works from them.
 */
const runOnlyVariables =
  /^(INPUT_|ENDPOINT_|SECRET_|SECUREFILE_|ACTIONS_|DOCKER_AUTH_CONFIG$|CHART_IMAGES_REGISTRY_CREDENTIALS$|SYSTEM_ACCESSTOKEN$)/i;

/** The user's own variables, for a program of his that may need any of them; without what `more` names. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  more?: RegExp,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !runOnlyVariables.test(name) && more?.test(name) !== true) kept[name] = value;
  }
  return kept;
}
