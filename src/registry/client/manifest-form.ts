import * as v from 'valibot';
import { isArtifactManifest, isIndex } from '../../core/oci/media-type.ts';

// The required keys in OCI image-spec manifest.md and image-index.md, and in Docker's schema 2. Go writes null for an
// empty list. Copies check the descriptors.
const object = v.record(v.string(), v.unknown());
const imageForm = v.object({ schemaVersion: v.literal(2), config: object, layers: v.nullable(v.array(object)) });
const artifactForm = v.object({ mediaType: v.string() });
const indexForm = v.object({ schemaVersion: v.literal(2), manifests: v.nullable(v.array(object)) });

/** Whether the bytes are a manifest of this type. The type is the claim of a server. */
export function hasManifestForm(mediaType: string, bytes: Buffer): boolean {
  const form = isIndex(mediaType) ? indexForm : isArtifactManifest(mediaType) ? artifactForm : imageForm;
  return v.safeParse(v.pipe(v.string(), v.parseJson(), form), bytes.toString('utf8')).success;
}
