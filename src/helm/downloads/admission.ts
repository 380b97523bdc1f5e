import { ChartImagesError } from '../../core/errors.ts';
import { type AddressesOf, addressesByName, isInPrivateNetwork } from '../../core/http/private-hosts.ts';
import { redactUrl } from '../../core/http/redact.ts';

export interface AdmissionOptions {
  /** Hosts with their ports that the user wrote in inputs of the run. Hosts that only a chart names are not among them. */
  readonly named: readonly string[];
  /** True for the hosts to speak HTTP to, loopback addresses included. */
  readonly plainHttp: (host: string) => boolean;
  readonly addressesOf?: AddressesOf | undefined;
}

/** Asked before each request for a chart and before each redirect. Throws `denied`. */
export type Admission = (url: URL) => Promise<void>;

/**
 * Which hosts a run asks for charts. Plain HTTP is spoken only where the user says so, and this machine, its network and the
 * metadata services of clouds are asked only where the user names them: everything else is a stranger's choice, be it a
 * Chart.yaml, an index or a redirect.
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { plainHttp, addressesOf = addressesByName } = options;
  const named = new Set(options.named.flatMap((host) => hostIn(host) ?? []));
  return async (url) => {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && plainHttp(url.host))) {
      throw new ChartImagesError('denied', `${redactUrl(url)} is not encrypted.`, {
        advice: `Use https, or name ${url.host} in plain-http.`,
      });
    }
    if (named.has(url.host) || !(await isInPrivateNetwork(url, addressesOf))) return;
    throw new ChartImagesError('denied', `${url.host} is in the network of this run, and no input names it.`, {
      advice: `If a chart may be fetched from there, name ${url.host} in an input: charts, image-sources, target, plain-http or registry-credentials.`,
    });
  };
}

/** As a URL writes it, without a port that means nothing. */
function hostIn(host: string): string | undefined {
  return URL.canParse(`https://${host}`) ? new URL(`https://${host}`).host : undefined;
}
