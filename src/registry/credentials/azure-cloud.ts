/** One of Azure's clouds. Each has its own directory, resource manager and registries; an identity lives in one of them. */
export interface AzureCloud {
  /** As service connections name it. */
  readonly name: 'AzureCloud' | 'AzureChinaCloud' | 'AzureUSGovernment';
  /** Where Microsoft Entra ID gives out tokens. */
  readonly authority: string;
  readonly resourceManager: string;
  /** What login servers of its registries end with. */
  readonly registrySuffix: string;
  /** Who a token of a pipeline's own issuer has to be for, so that Entra exchanges it. */
  readonly federationAudience: string;
}

export const publicCloud: AzureCloud = {
  name: 'AzureCloud',
  authority: 'https://login.microsoftonline.com',
  resourceManager: 'https://management.azure.com',
  registrySuffix: '.azurecr.io',
  federationAudience: 'api://AzureADTokenExchange',
};

const clouds: readonly AzureCloud[] = [
  publicCloud,
  {
    name: 'AzureChinaCloud',
    authority: 'https://login.chinacloudapi.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
    registrySuffix: '.azurecr.cn',
    federationAudience: 'api://AzureADTokenExchangeChina',
  },
  {
    name: 'AzureUSGovernment',
    authority: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    registrySuffix: '.azurecr.us',
    federationAudience: 'api://AzureADTokenExchangeUSGov',
  },
];

/** The cloud of a registry by its login server (`<name>.azurecr.io`, `<name>-<hash>.azurecr.io`); undefined: not Azure's. */
export function cloudOfRegistry(host: string): AzureCloud | undefined {
  return clouds.find(
    ({ registrySuffix }) => host.endsWith(registrySuffix) && /^[a-z0-9-]+$/.test(host.slice(0, -registrySuffix.length)),
  );
}

/** The cloud with this name, as service connections write it. */
export function cloudNamed(name: string): AzureCloud | undefined {
  return clouds.find((cloud) => cloud.name.toLowerCase() === name.toLowerCase());
}

/** What Azure's libraries take for the same as login.chinacloudapi.cn. */
const newNameInChina = 'login.partner.microsoftonline.cn';

/**
 * The cloud that AZURE_AUTHORITY_HOST names, the variable of all of Azure's libraries, with a scheme or without; the public one
 * without it.
 */
export function cloudOfEnvironment(environment: Readonly<Record<string, string | undefined>>): AzureCloud {
  const [, host] = /^(?:https:\/\/)?([^/]+)/.exec(environment['AZURE_AUTHORITY_HOST']?.toLowerCase() ?? '') ?? [];
  const authority = `https://${host === newNameInChina ? 'login.chinacloudapi.cn' : host}`;
  return clouds.find((cloud) => cloud.authority === authority) ?? publicCloud;
}
