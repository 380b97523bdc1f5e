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

/** BuildKit's attestations sit in an index with the platform `unknown/unknown`; they are never an image to run. */
export function isAttestation(platform: Platform): boolean {
  return platform.startsWith('unknown/');
}
