/** Plans that copy images without asking anyone. */
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import type { Plan, PlannedAction, PlannedCopy } from '../../src/mirror/plan/plan.ts';
import { discovered } from './discovered.ts';
import type { TestImage } from './images.ts';

export interface Copying {
  readonly image: Pick<TestImage, 'digest' | 'bytes'> & { readonly mediaType?: string };
  /** `host/repository` or `host/repository:tag`; the copy asks by digest anyway. */
  readonly from: string;
  /** `host/repository:tag`, or `host/repository` for a copy that is put by digest. */
  readonly to: string;
  readonly step?: PlannedAction;
}

export function planOf(...copies: readonly Copying[]): Plan {
  return { copies: copies.map(plannedCopy), findings: [] };
}

function plannedCopy({ image, from, to, step }: Copying): PlannedCopy {
  const { digest, mediaType = mediaTypes.ociManifest, bytes } = image;
  const target = split(to);
  return {
    image: discovered(from),
    from: { ...split(from), digest },
    manifest: { digest, mediaType, size: bytes.length },
    to: { ...target, digest: target.tag === undefined ? digest : undefined },
    step: step ?? { action: 'copy', replacing: false },
  };
}

function split(text: string) {
  const match = /^([^/]+)\/([^:]+)(?::(.+))?$/.exec(text);
  if (!match) throw new Error(`"${text}" is not host/repository[:tag]`);
  const [, registry = '', repository = '', tag] = match;
  return { registry, repository, tag };
}
