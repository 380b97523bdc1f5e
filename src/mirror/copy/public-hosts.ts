import { ChartImagesError } from '../../core/errors.ts';
import { addressesByName, hostnameOf, isInPrivateNetwork, type ResolveHost } from '../../core/http/private-hosts.ts';

/** Checks hosts that an image author chose. */
export interface PublicHostCheck {
  /**
   * Throws `denied` for a URL in the network of the run, except for the host of `registry`, which the user configured.
   */
  checkFor(registry: string): (url: URL) => Promise<void>;
}

/**
 * Resolves the name early for a better message. The connection checks its address again (`Reach`, `public`), so that
 * DNS rebinding has no effect.
 */
export function createPublicHostCheck(resolveHost: ResolveHost = addressesByName): PublicHostCheck {
  return {
    checkFor: (registry) => async (url) => {
      if (isHostOf(registry, url)) return;
      if (!(await isInPrivateNetwork(url, resolveHost))) return;
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

/** Compares host names and ignores the port. */
export function isHostOf(registry: string, url: URL): boolean {
  return hostnameOf(url) === hostnameOf(new URL(`https://${registry}`));
}
