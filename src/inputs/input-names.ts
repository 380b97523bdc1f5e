/** `image-sources` → `imageSources`, for Azure Pipelines: names in task.json cannot contain dashes. */
export function toCamelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `image-sources` → `--image-sources`. */
export function toFlag(name: string): string {
  return `--${name}`;
}

/** `image-sources` → `INPUT_IMAGE-SOURCES`: in upper case, with dashes (actions/runner, Handler.cs). */
export function githubVariable(name: string): string {
  return `INPUT_${name.toUpperCase()}`;
}

/**
 * `image-sources` → `INPUT_IMAGESOURCES`: camelCase in upper case (azure-pipelines-agent, VarUtil.cs).
 */
export function azureVariable(name: string): string {
  return `INPUT_${toCamelCase(name).toUpperCase()}`;
}

/** The default of `registry-credentials` in a terminal. */
export const credentialsVariable = 'CHART_IMAGES_REGISTRY_CREDENTIALS';
