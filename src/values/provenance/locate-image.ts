import type { SourceLocation } from '../../core/errors.ts';
import type { ReferencePart } from '../../core/findings.ts';
import { locateUse } from '../../discovery/templates/source-location.ts';
import { type ArchiveLocation, locateValueInArchive, quotingOf } from '../tree/scalar-value.ts';
import { sourceOfPart } from './part-source.ts';
import type { RenderingProvenance, SegmentSource, UseProvenance } from './provenance.ts';

type ValueSource = Extract<SegmentSource, { readonly from: 'value' }>;

/** Location of a reference in source files. */
export interface ImageLocation {
  /** Undefined for the input `set`, and for templates outside of user files. */
  readonly location: SourceLocation | undefined;
  /** One sentence if the location alone is misleading. */
  readonly remark: string | undefined;
}

/**
 * The line to change if this part of the reference is wrong: its value, Chart.yaml for its version, or the template.
 * For packaged charts, the archive or the dependency that references it. Lines are those of the first value set.
 */
export async function locateImage(
  origin: UseProvenance,
  part: ReferencePart | undefined,
  origins: RenderingProvenance,
): Promise<ImageLocation> {
  const source = sourceOfPart(origin, part);
  switch (source.from) {
    case 'value':
      return { location: source.location, remark: valueNote(source) };
    case 'chart':
      return {
        location: source.location,
        remark: joinRemarks(source.packed && archiveNote(source.packed), source.quoting),
      };
    case 'template': {
      const { reason, use } = origin;
      const { rendering, values } = origins;
      const located = await locateUse(use, [rendering], async () => values.chart);
      const remark = joinRemarks(
        located?.packed && archiveNote(located.packed),
        reason && `The line is in the template: ${reason}.`,
      );
      return { location: located?.location, remark };
    }
  }
}

function joinRemarks(...remarks: readonly (string | undefined)[]): string | undefined {
  return remarks.filter((remark) => remark !== undefined).join(' ') || undefined;
}

function valueNote({ location, valuePath, leaf, offset }: ValueSource): string | undefined {
  if (location === undefined) return `It is set by the input set, as ${valuePath}.`;
  const packed = locateValueInArchive(leaf, offset);
  return joinRemarks(packed && archiveNote(packed), quotingOf(leaf));
}

/** Tools cannot show a line inside an archive. */
function archiveNote({ archive, inside }: ArchiveLocation): string {
  return `Its location in ${archive} is ${inside}.`;
}
