/** Variables with inputs, service connections, registry passwords, and job tokens. No child process needs them. */
const runOnlyVariables =
  /^(INPUT_|ENDPOINT_|SECRET_|SECUREFILE_|ACTIONS_|DOCKER_AUTH_CONFIG$|CHART_IMAGES_REGISTRY_CREDENTIALS$|SYSTEM_ACCESSTOKEN$)/i;

/** The variables of the user, for a program that may need any of them. `excluded` matches names to remove as well. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  excluded?: RegExp,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !runOnlyVariables.test(name) && excluded?.test(name) !== true) variables[name] = value;
  }
  return variables;
}
