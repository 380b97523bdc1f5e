/** Media types of manifests (OCI image-spec media-types.md; Docker image manifest version 2 schema 2 and 1). */
export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  /** Deprecated forms of attachments, which have blobs and a subject (OCI image-spec 1.1.0-rc2, and ORAS). */
  ociArtifact: 'application/vnd.oci.artifact.manifest.v1+json',
  orasArtifact: 'application/vnd.cncf.oras.artifact.manifest.v1+json',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const;

/** For the Accept header: all types, otherwise a registry converts the manifest and its digest changes. */
export const manifestAcceptTypes: readonly string[] = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
  mediaTypes.ociArtifact,
  mediaTypes.orasArtifact,
];

export function isIndex(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList;
}

export function isImageManifest(mediaType: string): boolean {
  return mediaType === mediaTypes.ociManifest || mediaType === mediaTypes.dockerManifest;
}

export function isArtifactManifest(mediaType: string): boolean {
  return mediaType === mediaTypes.ociArtifact || mediaType === mediaTypes.orasArtifact;
}

/** Layers that must not be in registries because of their license. The manifest has their `urls`. */
export function isNonDistributableLayer(mediaType: string): boolean {
  return mediaType.includes('.rootfs.foreign.') || mediaType.includes('.layer.nondistributable.');
}

/** A Content-Type without parameters, in lower case: `application/json; charset=utf-8` is `application/json`. */
export function stripMediaTypeParameters(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}
