import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { exchangeAcrRefreshToken } from './token.ts';

/** The user name for refresh tokens of Azure registries (Azure/acr, docs/AAD-OAuth.md). */
const refreshUser = '00000000-0000-0000-0000-000000000000';

/**
 * A user name and password for programs that support nothing else, as `az acr login` creates them. Valid for three
 * hours. Undefined if the registry does not accept the identity.
 */
export async function acrLogin(
  http: HttpClient,
  host: string,
  accessToken: string,
): Promise<{ readonly username: string; readonly password: string } | undefined> {
  try {
    const realm = new URL(`https://${host}/oauth2/token`);
    const { value } = await exchangeAcrRefreshToken(http, { realm, namedBy: realm, service: host }, accessToken);
    return { username: refreshUser, password: value };
  } catch (error) {
    if (error instanceof ChartImagesError && (error.code === 'unauthorized' || error.code === 'denied'))
      return undefined;
    throw error;
  }
}
