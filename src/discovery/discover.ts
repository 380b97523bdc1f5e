import type { Rendering } from '../helm/rendering.ts';
import { splitDocuments } from './document.ts';
import { examineDocument } from './examine-document.ts';
import { ObservationLedger } from './ledger.ts';
import type { Discovery } from './use.ts';

/**
 * Finds every image that rendered charts name. Pure and total: whatever the texts are, the answer is images and
 * findings. Renderings of one chart with several value sets share uses; nothing is asked of any registry.
 */
export function discover(renderings: readonly Rendering[]): Discovery {
  const ledger = new ObservationLedger();
  for (const rendering of renderings) {
    for (const document of splitDocuments(rendering.text)) {
      for (const observation of examineDocument(document)) ledger.enter(rendering, document.template, observation);
    }
  }
  return ledger.close();
}
