import { ChartImagesError } from '../../core/errors.ts';
import { type AddressesOf, addressesByName, hostnameOf, isInPrivateNetwork } from '../../core/http/private-hosts.ts';

/** Whether a run may ask a host that the author of an image chose. */
export interface PublicHostCheck {
  /** Throws `denied` for a URL into the network of the run; on the host of `registry`, which the user named, it may be. */
  admitting(registry: string): (url: URL) => Promise<void>;
}

/**
 * A name counts by all its addresses at the time of asking, which gives the better message. The connection looks again
 * (`Reach`, `public`), so that a name server which answers differently a moment later gains nothing.
 */
export function createPublicHostCheck(addressesOf: AddressesOf = addressesByName): PublicHostCheck {
  return {
    admitting: (registry) => async (url) => {
      if (isHostOf(registry, url)) return;
      if (!(await isInPrivateNetwork(url, addressesOf))) return;
      throw new ChartImagesError(
        'denied',
        `Cannot download a foreign layer from ${url.host}: it is in the network of this run.`,
        {
          advice: 'Push the layer to the source registry, or remove include-foreign.',
        },
      );
    },
  };
}

/** Whether a URL leads to the host of a registry, whatever the port. */
export function isHostOf(registry: string, url: URL): boolean {
  return hostnameOf(url) === hostnameOf(new URL(`https://${registry}`));
}
