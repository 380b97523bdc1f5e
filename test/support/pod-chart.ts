/** A chart whose one pod has these images, a line each from line 6 of its template on. */
export function podChart(...images: readonly string[]): Readonly<Record<string, string>> {
  const containers = images.map((image, index) => `    - { name: c${index}, image: "${image}" }`);
  return {
    'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
    [podTemplate]: `apiVersion: v1\nkind: Pod\nmetadata: { name: app }\nspec:\n  containers:\n${containers.join('\n')}\n`,
  };
}

export const podTemplate = 'charts/app/templates/pod.yaml';
