import type { Readable } from 'node:stream';
import { ChartImagesError, passingErrors } from '../../core/errors.ts';
import { discardBody } from '../../core/http/body.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { bodyFrom, rangeHeaders } from '../../core/http/range.ts';
import { redactUrl } from '../../core/http/redact.ts';
import type { HttpRequest } from '../../core/http/response.ts';
import { adviceForStatus, errorCodeForStatus } from '../../core/http/status.ts';
import type { RegistryReader } from '../../registry/client/registry.ts';
import type { NonDistributableLayer } from '../plan/manifest-children.ts';
import { isHostOf, type PublicHostCheck } from './public-hosts.ts';

/** Extends a registry by one non-distributable layer (OCI image-spec), which is read from the URLs in its manifest. */
export type NonDistributableLayerReader = (registry: RegistryReader, layer: NonDistributableLayer) => RegistryReader;

/** Windows base layers have one or two. */
const maximumUrls = 8;

/**
 * Reads non-distributable layers from the source or, if it does not have them, from the URLs in the manifest. The image
 * author controls these URLs: they need HTTPS, get no credentials, and cannot lead into the network of the run. The
 * caller verifies the content.
 */
export function createNonDistributableLayerReader(
  http: HttpClient,
  hosts: PublicHostCheck,
): NonDistributableLayerReader {
  return (registry, layer) => ({
    ...registry,
    async getBlob(repository, blob, offset = 0, place) {
      const issues: ChartImagesError[] = [];
      const attempt = async (open: () => Promise<Readable>): Promise<Readable | undefined> => {
        try {
          return await open();
        } catch (thrown) {
          issues.push(...passingErrors(thrown));
          return undefined;
        }
      };
      const fromRegistry = await attempt(() => registry.getBlob(repository, blob, offset, place));
      if (fromRegistry !== undefined) return fromRegistry;
      for (const url of layer.urls.slice(0, maximumUrls)) {
        const fromUrl = await attempt(() => download(http, url, offset, registry.host, hosts));
        if (fromUrl !== undefined) return fromUrl;
      }
      throw layerUnavailableError(`${registry.host}/${repository}@${blob.digest}`, issues);
    },
  });
}

async function download(
  http: HttpClient,
  text: string,
  offset: number,
  registry: string,
  hosts: PublicHostCheck,
): Promise<Readable> {
  const url = secureUrl(text);
  const request: HttpRequest = {
    method: 'GET',
    url,
    headers: rangeHeaders(offset),
    checkUrl: hosts.checkFor(registry),
  };
  const response = await http.stream(isHostOf(registry, url) ? request : { ...request, reach: 'public' });
  const body = bodyFrom(response, offset);
  if (body !== undefined) return body;
  discardBody(response);
  throw new ChartImagesError(errorCodeForStatus(response.status), `${redactUrl(url)} returned ${response.status}.`, {
    advice: adviceForStatus(response.status),
  });
}

function secureUrl(text: string): URL {
  if (!URL.canParse(text)) throw invalidUrlError('its URL is not valid');
  const url = new URL(text);
  if (url.protocol !== 'https:') throw invalidUrlError(`${redactUrl(url)} does not use HTTPS`);
  if (url.username !== '' || url.password !== '') throw invalidUrlError(`${redactUrl(url)} contains a password`);
  return url;
}

function invalidUrlError(cause: string): ChartImagesError {
  return new ChartImagesError('denied', `Cannot download a foreign layer: ${cause}.`, {
    advice: 'Push the layer to the source registry, or remove include-foreign.',
  });
}

function layerUnavailableError(where: string, issues: readonly ChartImagesError[]): ChartImagesError {
  const reasons = issues.map(({ message }) => message).join(' ');
  const last = issues.at(-1);
  return new ChartImagesError(last?.code ?? 'not-found', `Cannot read the foreign layer ${where}: ${reasons}`, {
    advice: 'Remove include-foreign to keep the layer as a reference, or push it to the source registry.',
    cause: last,
  });
}
