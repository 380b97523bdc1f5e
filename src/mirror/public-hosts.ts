import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ChartImagesError } from '../errors.ts';
import { isPrivateAddress } from '../http/private-networks.ts';

/** Whether a run may ask a host that the author of an image chose. */
export interface PublicHosts {
  /** Throws `denied` for a URL into the network of the run; on the host of `registry`, which the user named, it may be. */
  admitting(registry: string): (url: URL) => Promise<void>;
}

/** All addresses of a name; none where it has none, as behind a proxy that alone knows names. */
export type AddressesOf = (name: string) => Promise<readonly string[]>;

/**
 * A name counts by all its addresses at the time of asking, which gives the better message. The connection looks again
 * (`Reach`, `public`), so that a name server which answers differently a moment later gains nothing.
 */
export function createPublicHosts(addressesOf: AddressesOf = addressesByName): PublicHosts {
  return {
    admitting: (registry) => async (url) => {
      const host = hostOf(url);
      if (isHostOf(registry, url)) return;
      const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
      if (!addresses.some(isPrivateAddress)) return;
      throw new ChartImagesError('denied', `The image leads to ${url.host}, which is in the network of this run.`, {
        advice: 'Push the layer to the source registry, or leave include-foreign out.',
      });
    },
  };
}

/** Whether a URL leads to the host of a registry, whatever the port. */
export function isHostOf(registry: string, url: URL): boolean {
  return hostOf(url) === hostOf(new URL(`https://${registry}`));
}

/** Without the brackets around an IPv6 address, and the dot that may end a name. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

async function addressesByName(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    // Whom this machine does not know it can not reach either, unless through a proxy, whose network is not the one guarded here.
    return [];
  }
}
