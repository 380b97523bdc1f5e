/** `image-sources` → `imageSources`: how Azure Pipelines spells inputs and outputs (task.json allows no dash in a name). */
export function toCamelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `image-sources` → `--image-sources`: how a terminal spells it. */
export function toFlag(name: string): string {
  return `--${name}`;
}

/** `image-sources` → `INPUT_IMAGE-SOURCES`: the runner upper-cases and keeps the dash (actions/runner, Handler.cs). */
export function githubVariable(name: string): string {
  return `INPUT_${name.toUpperCase()}`;
}

/** `image-sources` → `INPUT_IMAGESOURCES`: the agent upper-cases the camelCase name (azure-pipelines-agent, VarUtil.cs). */
export function azureVariable(name: string): string {
  return `INPUT_${toCamelCase(name).toUpperCase()}`;
}

/** Where a terminal takes `registry-credentials` from when its flag is not given. */
export const credentialsVariable = 'CHART_IMAGES_REGISTRY_CREDENTIALS';
