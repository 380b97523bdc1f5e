import { basename } from 'node:path/posix';
import { placeInPackage, placeOfUse } from '../discovery/place.ts';
import type { Place } from '../errors.ts';
import type { ReferencePart } from '../findings.ts';
import type { RenderingOrigins, TextSource, UseOrigin } from './origin.ts';
import { chartOfTemplate } from './segments.ts';
import { sourceOfPart } from './source-of-part.ts';
import { type PlaceInArchive, placeInArchive } from './value-leaf.ts';

type ValueSource = Extract<TextSource, { readonly from: 'value' }>;

/** Where an author changes a reference. */
export interface ImagePlace {
  /** Undefined for the input `set`, and for a template that is in no file of the user's. */
  readonly place: Place | undefined;
  /** One sentence where the place is not the whole story. */
  readonly remark: string | undefined;
}

/**
 * The line that an author has to change when this part of a use's reference is wrong: that of the value that makes it,
 * of Chart.yaml for its version, else the template's. Of packed charts the archive, or the line that asks for it.
 * `origins` are those of the use's first value set, whose rendering its line counts in.
 */
export async function placeOfImage(
  origin: UseOrigin,
  part: ReferencePart | undefined,
  origins: RenderingOrigins,
): Promise<ImagePlace> {
  const source = sourceOfPart(origin, part);
  switch (source.from) {
    case 'value':
      return { place: source.place, remark: remarkOnValue(source) };
    case 'chart':
      return { place: source.place, remark: source.packed && packedRemark(source.packed) };
    case 'template': {
      const { reason, use } = origin;
      const { rendering } = origins;
      const inside = await placeInPackage(use, [rendering]);
      const remarks = [
        ...(inside === undefined ? [] : [packedRemark({ archive: basename(rendering.chart.displayPath), inside })]),
        ...(reason === undefined ? [] : [`The line is the template's: ${reason}.`]),
      ];
      return { place: await templatePlace(origin, origins), remark: remarks.join(' ') || undefined };
    }
  }
}

function remarkOnValue({ place, valuePath, leaf, offset }: ValueSource): string | undefined {
  if (place === undefined) return `The input set gives it, as ${valuePath}.`;
  const packed = placeInArchive(leaf, offset);
  return packed && packedRemark(packed);
}

/** No editor and no pull request shows a line inside an archive, so it is told in words. */
function packedRemark({ archive, inside }: PlaceInArchive): string {
  return `In ${archive} it is ${inside}.`;
}

async function templatePlace({ use }: UseOrigin, { rendering, values }: RenderingOrigins): Promise<Place | undefined> {
  const place = await placeOfUse(use, [rendering]);
  return place ?? (values.chart && chartOfTemplate(values.chart, use.template).place);
}
