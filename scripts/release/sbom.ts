/**
 * The bill of materials of the bundle. `npm sbom` describes every package; `--omit dev` would leave out packages that a
 * tool needs too (npm 11.19: 20 of those in the bundle), so the bundled ones are picked here.
 */

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

/** As `npm sbom --sbom-format cyclonedx` writes it (CycloneDX 1.5), as far as it is looked at here. */
export interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Component & { readonly type: string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** The part of `bom` that `bundled` (`name version` each) names. Throws where npm does not know one of them. */
export function bomOfBundle(bom: Bom, name: string, bundled: readonly string[]): Bom {
  const known = new Map(bom.components.map((component) => [identityOf(component), component]));
  const components = bundled.map((each) => {
    const component = known.get(each);
    if (component === undefined) throw new Error(`npm does not know ${each}, which is in the bundle`);
    return component;
  });
  const root = bom.metadata.component;
  const kept = new Set([root['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  return {
    ...bom,
    // npm names the root after its folder.
    metadata: { ...bom.metadata, component: { ...root, type: 'application', name } },
    components,
    dependencies: bom.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) })),
  };
}

/** By the package URL: npm writes the name of a folder into `name`, and an alias has another. */
function identityOf({ purl }: Component): string {
  const [, name = '', version = ''] = /^pkg:npm\/(.+)@([^@?]+)(?:\?.*)?$/.exec(purl) ?? [];
  return `${decodeURIComponent(name)} ${decodeURIComponent(version)}`;
}
