import { placeOfUse } from '../discovery/place.ts';
import type { Place } from '../errors.ts';
import type { ReferencePart } from '../findings.ts';
import type { RenderingOrigins, UseOrigin } from './origin.ts';
import { chartOfTemplate } from './segments.ts';
import { sourceOfPart } from './source-of-part.ts';

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
      return {
        place: source.place,
        remark: source.place === undefined ? setRemark(source.valuePath) : undefined,
      };
    case 'chart':
      return { place: source.place, remark: undefined };
    case 'template': {
      const { reason } = origin;
      const remark = reason === undefined ? undefined : `The line is the template's: ${reason}.`;
      return { place: await templatePlace(origin, origins), remark };
    }
  }
}

function setRemark(valuePath: string): string {
  return `The input set gives it, as ${valuePath}.`;
}

async function templatePlace({ use }: UseOrigin, { rendering, values }: RenderingOrigins): Promise<Place | undefined> {
  const place = await placeOfUse(use, [rendering]);
  return place ?? (values.chart && chartOfTemplate(values.chart, use.template).place);
}
