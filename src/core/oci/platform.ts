/** `os/architecture[/variant]`, for example `linux/arm64/v8` (OCI image-spec image-index.md, `platform`). */
export type Platform = string;

interface PlatformFields {
  readonly os: string;
  readonly architecture: string;
  /** Go writes null for a missing one. */
  readonly variant?: string | null | undefined;
}

export function formatPlatform(fields: PlatformFields): Platform {
  return [fields.os, fields.architecture, fields.variant].filter((part) => part).join('/');
}

/** Variants that an architecture has if none is named (containerd, platforms/database.go). */
const defaultVariants = new Map([
  ['arm64', 'v8'],
  ['amd64', 'v1'],
  ['arm', 'v7'],
]);

/** Whether an image for one platform runs where another is wanted. `linux/arm64` matches any variant. */
export function matchesPlatform(offered: Platform, wanted: Platform): boolean {
  return offered === wanted || offered.startsWith(`${wanted}/`) || withVariant(offered) === wanted;
}

function withVariant(platform: Platform): Platform {
  const [os, architecture = '', ...variant] = platform.split('/');
  const implied = variant.length === 0 ? defaultVariants.get(architecture) : undefined;
  return implied === undefined ? platform : [os, architecture, implied].join('/');
}

/** Attestations of BuildKit have the platform `unknown/unknown` in an index. They are not images. */
export function isAttestation(platform: Platform): boolean {
  return platform.startsWith('unknown/');
}
