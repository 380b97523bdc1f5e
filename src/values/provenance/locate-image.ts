import { basename } from 'node:path/posix';
import type { SourceLocation } from '../../core/errors.ts';
import type { ReferencePart } from '../../core/findings.ts';
import { locateUse, locateUseInArchive } from '../../discovery/templates/source-location.ts';
import { locateValueInArchive, type PlaceInArchive } from '../tree/scalar-value.ts';
import { sourceOfPart } from './part-source.ts';
import type { RenderingProvenance, SegmentSource, UseProvenance } from './provenance.ts';
import { chartOfTemplate } from './segments.ts';

type ValueSource = Extract<SegmentSource, { readonly from: 'value' }>;

/** Where an author changes a reference. */
export interface ImageLocation {
  /** Undefined for the input `set`, and for a template that is in no file of the user's. */
  readonly place: SourceLocation | undefined;
  /** One sentence where the location alone would mislead. */
  readonly remark: string | undefined;
}

/**
 * The line that an author has to change when this part of a use's reference is wrong: that of the value that makes it,
 * of Chart.yaml for its version, else the template's. Of packed charts the archive, or the line that asks for it.
 * `origins` are those of the use's first value set, whose rendering its line counts in.
 */
export async function locateImage(
  origin: UseProvenance,
  part: ReferencePart | undefined,
  origins: RenderingProvenance,
): Promise<ImageLocation> {
  const source = sourceOfPart(origin, part);
  switch (source.from) {
    case 'value':
      return { place: source.place, remark: valueNote(source) };
    case 'chart':
      return { place: source.place, remark: source.packed && archiveNote(source.packed) };
    case 'template': {
      const { reason, use } = origin;
      const { rendering } = origins;
      const inside = await locateUseInArchive(use, [rendering]);
      const remarks = [
        ...(inside === undefined ? [] : [archiveNote({ archive: basename(rendering.chart.displayPath), inside })]),
        ...(reason === undefined ? [] : [`The line is in the template: ${reason}.`]),
      ];
      return { place: await templatePlace(origin, origins), remark: remarks.join(' ') || undefined };
    }
  }
}

function valueNote({ place, valuePath, leaf, offset }: ValueSource): string | undefined {
  if (place === undefined) return `It is set by the input set, as ${valuePath}.`;
  const packed = locateValueInArchive(leaf, offset);
  return packed && archiveNote(packed);
}

/** No editor and no pull request shows a line inside an archive, so it is described in words. */
function archiveNote({ archive, inside }: PlaceInArchive): string {
  return `Its location in ${archive} is ${inside}.`;
}

async function templatePlace(
  { use }: UseProvenance,
  { rendering, values }: RenderingProvenance,
): Promise<SourceLocation | undefined> {
  const place = await locateUse(use, [rendering]);
  return place ?? (values.chart && chartOfTemplate(values.chart, use.template).place);
}
