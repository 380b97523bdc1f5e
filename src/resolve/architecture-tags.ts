import type { Platform } from '../core/oci/platform.ts';

/** Go architectures, as registries show them, and their spellings in tags. */
const namesOfArchitectures: Readonly<Record<string, readonly string[]>> = {
  amd64: ['amd64', 'x86_64'],
  arm64: ['arm64', 'arm64v8', 'aarch64'],
  arm: ['arm', 'armv7', 'arm32v7'],
  '386': ['386', 'i386'],
  ppc64le: ['ppc64le'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
};

/**
 * Tags of single-architecture builds that are usually joined to an index (`1.2.0-amd64`, `1.2.0-linux-arm64`,
 * `arm64-1.2.0`).
 */
export function architectureTags(wanted: string, tags: readonly string[]): readonly string[] {
  const forms = new Set(Object.keys(namesOfArchitectures).flatMap((name) => tagsForArchitecture(wanted, name)));
  return tags.filter((tag) => forms.has(tag)).sort();
}

/** Possible tags of the same content for one platform, likeliest first. */
export function tagsForPlatform(tag: string, platform: Platform): readonly string[] {
  const [os = '', architecture = ''] = platform.split('/');
  return os === 'linux' ? tagsForArchitecture(tag, architecture) : [];
}

function tagsForArchitecture(tag: string, architecture: string): readonly string[] {
  const names = namesOfArchitectures[architecture] ?? [];
  return [
    (name: string) => `${tag}-${name}`,
    (name: string) => `${tag}-linux-${name}`,
    (name: string) => `${name}-${tag}`,
  ].flatMap((form) => names.map(form));
}
