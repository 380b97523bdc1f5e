/** Charts with images of which it is known which values make them: the truth that a search must find. */
import { randomOf } from '../../../scripts/hostile/random.ts';
import type { Files } from '../../support/charts.ts';
import { shopYaml } from './provenance-fixtures.ts';

export interface PlantedImage {
  readonly image: string;
  /** `[text path]` for each value, as `formatSegments` has it. */
  readonly segments: string;
  /** Whether some value sets its registry or the start of its name, and nothing else that may not change. */
  readonly isMovable: boolean;
}

export interface PlantedChart {
  readonly files: Files;
  readonly images: readonly PlantedImage[];
}

interface Part {
  /** Lines of values.yaml. */
  readonly values: string;
  /** The action that prints the image. */
  readonly template: string;
  readonly image: string;
  readonly segments: string;
  readonly isMovable: boolean;
  readonly helper?: string;
  readonly metadata?: string;
  readonly schema?: readonly [string, object];
}

type Shape = (key: string, tag: string, registry: string) => Part;

/** Ten digits of base 16 that differ for each tag. */
function commitOf(tag: string): string {
  return `a${tag.replaceAll('.', 'b')}cdefabcdef`.slice(0, 10);
}

/** Each shape is a way in which charts write an image; `key` is unique in the chart. */
const shapes: Readonly<Record<string, Shape>> = {
  whole: (key, tag, registry) => ({
    values: `${key}: ${registry}/team/${key}:${tag}\n`,
    template: `{{ .Values.${key} }}`,
    image: `${registry}/team/${key}:${tag}`,
    segments: `[${registry}/team/${key}:${tag} ${key}]`,
    isMovable: true,
  }),
  parts: (key, tag, registry) => ({
    values: `${key}:\n  registry: ${registry}\n  repository: team/${key}\n  tag: "${tag}"\n`,
    template: `{{ .Values.${key}.registry }}/{{ .Values.${key}.repository }}:{{ .Values.${key}.tag }}`,
    image: `${registry}/team/${key}:${tag}`,
    segments: `[${registry} ${key}.registry]/[team/${key} ${key}.repository]:[${tag} ${key}.tag]`,
    isMovable: true,
  }),
  helper: (key, tag) => ({
    values: `${key}:\n  image:\n    repository: team/${key}\n    tag: "${tag}"\n`,
    helper: `{{ define "${key}.image" }}{{ printf "%s:%s" .image.repository (.image.tag | toString) }}{{ end }}`,
    template: `{{ include "${key}.image" .Values.${key} }}`,
    image: `team/${key}:${tag}`,
    segments: `[team/${key} ${key}.image.repository]:[${tag} ${key}.image.tag]`,
    isMovable: true,
  }),
  emptyRepository: (key, tag) => ({
    values: `${key}:\n  repository: ""\n  tag: "${tag}"\n`,
    template: `{{ .Values.${key}.repository | default "team/${key}" }}:{{ .Values.${key}.tag }}`,
    image: `team/${key}:${tag}`,
    segments: `team/${key}:[${tag} ${key}.tag]`,
    isMovable: true,
  }),
  absentRegistry: (key, tag) => ({
    values: `${key}:\n  tag: "${tag}"\n`,
    template: `{{ with (.Values.${key}).registry }}{{ . }}/{{ end }}team/${key}:{{ .Values.${key}.tag }}`,
    image: `team/${key}:${tag}`,
    segments: `team/${key}:[${tag} ${key}.tag]`,
    isMovable: true,
  }),
  list: (key, tag, registry) => ({
    values: `${key}:\n  - name: first\n    image: ${registry}/team/${key}:${tag}\n`,
    template: `{{ (index .Values.${key} 0).image }}`,
    image: `${registry}/team/${key}:${tag}`,
    segments: `[${registry}/team/${key}:${tag} ${key}[0].image]`,
    isMovable: true,
  }),
  constant: (key, tag, registry) => ({
    values: '',
    template: `${registry}/team/${key}:${tag}`,
    image: `${registry}/team/${key}:${tag}`,
    segments: `${registry}/team/${key}:${tag}`,
    isMovable: false,
  }),
  constantName: (key, tag) => ({
    values: `${key}:\n  tag: "${tag}"\n`,
    template: `team/${key}:{{ .Values.${key}.tag }}`,
    image: `team/${key}:${tag}`,
    segments: `team/${key}:[${tag} ${key}.tag]`,
    isMovable: false,
  }),
  label: (key, tag) => ({
    values: `${key}:\n  repository: team-${key}\n  tag: "${tag}"\n`,
    template: `{{ .Values.${key}.repository }}:{{ .Values.${key}.tag }}`,
    metadata: `${key}: {{ .Values.${key}.repository }}`,
    image: `team-${key}:${tag}`,
    segments: `[team-${key} ${key}.repository]:[${tag} ${key}.tag]`,
    isMovable: false,
  }),
  truncated: (key, tag, registry) => ({
    values: `${key}:\n  image: ${registry}/team/${key}\n  commit: ${commitOf(tag)}\n`,
    template: `{{ .Values.${key}.image }}:{{ trunc 7 .Values.${key}.commit }}`,
    image: `${registry}/team/${key}:${commitOf(tag).slice(0, 7)}`,
    segments: `[${registry}/team/${key} ${key}.image]:[${commitOf(tag).slice(0, 7)} ${key}.commit]`,
    isMovable: true,
  }),
  pattern: (key, tag, registry) => ({
    values: `${key}:\n  repository: ${registry}/team/${key}\n  tag: "${tag}"\n`,
    template: `{{ .Values.${key}.repository }}:{{ .Values.${key}.tag }}`,
    schema: [key, { properties: { tag: { pattern: '^\\d+\\.\\d+\\.\\d+$', maxLength: tag.length } } }],
    image: `${registry}/team/${key}:${tag}`,
    segments: `[${registry}/team/${key} ${key}.repository]:[${tag} ${key}.tag]`,
    isMovable: true,
  }),
};

/** One to six images of any shapes, with a global registry, an alias of a subchart, or both. */
export function plantedChart(seed: number): PlantedChart {
  const random = randomOf(`planted ${seed}`);
  const names = Object.keys(shapes);
  const parts = Array.from({ length: 1 + random.below(6) }, (_, index): Part => {
    const shape = shapes[random.pick(names)];
    if (shape === undefined) throw new Error('every name has a shape');
    const registry = random.pick(['quay.io', 'ghcr.io', 'registry.example']);
    return shape(`app${'abcdef'[index]}`, `${1 + random.below(9)}.${random.below(40)}.${random.below(90)}`, registry);
  });
  const images: PlantedImage[] = parts.map(({ image, segments, isMovable }) => ({ image, segments, isMovable }));
  const globals = random.once(2);
  const subchart = random.once(2);
  if (globals) {
    for (const name of ['agent', 'proxy']) {
      const segments = `[registry.k8s.io global.registry]/shared/${name}:2`;
      images.push({ image: `registry.k8s.io/shared/${name}:2`, segments, isMovable: true });
    }
  }
  if (subchart) images.push({ image: 'cache/server:7', segments: '[cache/server memory.image]:7', isMovable: true });
  const templates = [
    ...parts.map(({ template }) => template),
    ...(globals ? ['agent', 'proxy'].map((name) => `{{ .Values.global.registry }}/shared/${name}:2`) : []),
  ];
  const containers = templates.map((image, index) => `    - name: c${index}\n      image: "${image}"\n`).join('');
  const labels = parts.flatMap(({ metadata }) => (metadata === undefined ? [] : [`    ${metadata}\n`])).join('');
  const schemas = Object.fromEntries(parts.flatMap(({ schema }) => (schema === undefined ? [] : [schema])));
  const files: Files = {
    'Chart.yaml': `${shopYaml}${subchart ? 'dependencies:\n- { name: cache, version: 1.0.0, alias: memory }\n' : ''}`,
    'values.yaml': `unrelated: text\n${globals ? 'global:\n  registry: registry.k8s.io\n' : ''}${parts.map(({ values }) => values).join('')}`,
    'values.schema.json': JSON.stringify({ properties: schemas }),
    'templates/_helpers.tpl': parts.map(({ helper = '' }) => helper).join('\n'),
    'templates/pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod\n  labels:\n    app: pod\n${labels}spec:\n  containers:\n${containers}`,
    ...(subchart && {
      'charts/cache/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 1.0.0\n',
      'charts/cache/values.yaml': 'image: cache/server\n',
      'charts/cache/templates/pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata:\n  name: cache\nspec:\n  containers:\n    - name: cache\n      image: "{{ .Values.image }}:7"\n',
    }),
  };
  return { files, images };
}
