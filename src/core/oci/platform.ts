/** `os/architecture[/variant]`, for example `linux/arm64/v8` (OCI image-spec image-index.md, `platform`). */
export type Platform = string;

interface PlatformFields {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

export function formatPlatform(fields: PlatformFields): Platform {
  return [fields.os, fields.architecture, fields.variant].filter((part) => part !== undefined && part !== '').join('/');
}

/** Attestations of BuildKit have the platform `unknown/unknown` in an index. They are not images. */
export function isAttestation(platform: Platform): boolean {
  return platform.startsWith('unknown/');
}
