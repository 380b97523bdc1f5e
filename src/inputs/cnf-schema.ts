import * as v from 'valibot';
import { object, text } from './schema-errors.ts';

/**
 * The keys of cnf-input.jsonc in all versions of `az aosm` (Azure/azure-cli-extensions, src/aosm, HISTORY.rst):
 * `source_registry_id` (before 1.0.0b1), `images` (1.0.0b1), `image_sources` (later). Generated files leave unset keys
 * empty. Unknown keys are errors, as in az aosm. Keys that chart-images does not use are checked and dropped.
 */
const anyText = v.optional(v.string('a string'));

const resourceIds = v.optional(
  v.array(v.string('a string, the id of an Azure resource'), 'a list of Azure resource ids'),
);

/** "1.1.1 format (three integers separated by dots)", as the comment in generated files says; empty if not set. */
const version = v.pipe(
  v.string('a string of three numbers separated by dots, such as "1.0.0"'),
  v.regex(/^(?:[0-9]+\.[0-9]+\.[0-9]+)?$/, 'a string of three numbers separated by dots, such as "1.0.0"'),
);

const valuesFile = v.optional(v.nullable(v.string('a string, the path of a values file, or "" for none')));

const helmPackage = object(
  {
    name: text('a string, the name of the Helm package'),
    path_to_chart: text('a string, the path of a chart folder, .tgz, .tar.gz or .tar'),
    default_values: valuesFile,
    path_to_mappings: valuesFile,
    depends_on: v.optional(
      v.array(text('a string, the name of another Helm package'), 'a list of names of Helm packages'),
    ),
  },
  'an object with name, path_to_chart, default_values and depends_on',
);

const sourceExample = 'such as "myregistry.azurecr.io" or "ghcr.io/contoso"';

/** The legacy form of `image_sources`. */
const images = object(
  {
    source_registry: anyText,
    source_registry_namespace: v.optional(v.nullable(v.string('a string'))),
    source_local_docker_image: anyText,
  },
  'an object with source_registry and source_registry_namespace',
);

export const cnfInputSchema = object(
  {
    location: anyText,
    publisher_name: anyText,
    publisher_resource_group_name: anyText,
    acr_artifact_store_name: anyText,
    disable_public_network_access: v.optional(v.boolean('true or false')),
    vnet_private_end_points: resourceIds,
    network_fabric_controller_ids: resourceIds,
    nf_name: anyText,
    version: v.optional(version),
    expose_all_parameters: v.optional(v.boolean('true or false')),
    image_sources: v.optional(
      v.pipe(
        v.array(
          text(`a string, a registry with an optional namespace, ${sourceExample}`),
          `a list of registries ${sourceExample}`,
        ),
        v.minLength(1, `a list of at least one registry with an optional namespace, ${sourceExample}`),
      ),
    ),
    images: v.optional(images),
    source_registry_id: anyText,
    source_registry_namespace: anyText,
    helm_packages: v.pipe(
      v.array(helmPackage, 'a list of Helm packages'),
      v.minLength(1, 'a list of at least one Helm package, an object with name and path_to_chart'),
    ),
  },
  'one object in braces',
);

export type CnfInput = v.InferOutput<typeof cnfInputSchema>;
export type HelmPackage = CnfInput['helm_packages'][number];
