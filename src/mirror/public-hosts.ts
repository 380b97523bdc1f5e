import { ChartImagesError } from '../errors.ts';
import { type AddressesOf, addressesByName, hostnameOf, isInPrivateNetwork } from '../http/private-hosts.ts';

/** Whether a run may ask a host that the author of an image chose. */
export interface PublicHosts {
  /** Throws `denied` for a URL into the network of the run; on the host of `registry`, which the user named, it may be. */
  admitting(registry: string): (url: URL) => Promise<void>;
}

/**
 * A name counts by its addresses at the time of asking. It may have others a moment later: this keeps an image from naming
 * what is in the run's network, and is no wall against a name server that plays along.
 */
export function createPublicHosts(addressesOf: AddressesOf = addressesByName): PublicHosts {
  return {
    admitting: (registry) => async (url) => {
      if (hostnameOf(url) === hostnameOf(new URL(`https://${registry}`))) return;
      if (!(await isInPrivateNetwork(url, addressesOf))) return;
      throw new ChartImagesError('denied', `The image leads to ${url.host}, which is in the network of this run.`, {
        advice: 'Push the layer to the source registry, or leave include-foreign out.',
      });
    },
  };
}
