import type { Readable } from 'node:stream';
import { ChartImagesError, toErrors } from '../../core/errors.ts';
import { discardBody } from '../../core/http/body.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { bodyFrom, rangeHeaders } from '../../core/http/range.ts';
import { redactUrl } from '../../core/http/redact.ts';
import { adviceForStatus, errorCodeForStatus } from '../../core/http/status.ts';
import type { RegistryReader } from '../../registry/client/registry.ts';
import type { ForeignLayer } from '../plan/manifest-children.ts';
import { isHostOf, type PublicHostCheck } from './public-hosts.ts';

/** Extends a registry by one foreign layer, which is read from the URLs in its manifest. */
export type ForeignReader = (registry: RegistryReader, layer: ForeignLayer) => RegistryReader;

/** Windows base layers have one or two. */
const mostUrls = 8;

/**
 * Reads foreign layers from the source or, if it does not have them, from the URLs in the manifest. The image author
 * controls these URLs: they need HTTPS, get no credentials, and cannot lead into the network of the run. The caller
 * verifies the content.
 */
export function createForeignReader(http: HttpClient, hosts: PublicHostCheck): ForeignReader {
  return (registry, layer) => ({
    ...registry,
    async getBlob(repository, blob, offset = 0, place) {
      const issues: ChartImagesError[] = [];
      const attempt = async (open: () => Promise<Readable>): Promise<Readable | undefined> => {
        try {
          return await open();
        } catch (thrown) {
          const errors = toErrors(thrown);
          if (errors.some(({ code }) => code === 'cancelled' || code === 'internal')) throw thrown;
          issues.push(...errors);
          return undefined;
        }
      };
      const near = await attempt(() => registry.getBlob(repository, blob, offset, place));
      if (near !== undefined) return near;
      for (const url of layer.urls.slice(0, mostUrls)) {
        const far = await attempt(() => download(http, url, offset, registry.host, hosts));
        if (far !== undefined) return far;
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
  const request = { method: 'GET', url, headers: rangeHeaders(offset), admit: hosts.admitting(registry) } as const;
  const response = await http.stream(isHostOf(registry, url) ? request : { ...request, reach: 'public' });
  const body = bodyFrom(response, offset);
  if (body !== undefined) return body;
  discardBody(response);
  throw new ChartImagesError(errorCodeForStatus(response.status), `${redactUrl(url)} returned ${response.status}.`, {
    advice: adviceForStatus(response.status),
  });
}

function secureUrl(text: string): URL {
  if (!URL.canParse(text)) throw refusal('its URL is not valid');
  const url = new URL(text);
  if (url.protocol !== 'https:') throw refusal(`${redactUrl(url)} does not use HTTPS`);
  if (url.username !== '' || url.password !== '') throw refusal(`${redactUrl(url)} contains a password`);
  return url;
}

function refusal(cause: string): ChartImagesError {
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
