/** An Azure cloud. Each has its own directory, resource manager and registries. An identity belongs to one cloud. */
export interface AzureCloud {
  /** As in service connections. */
  readonly name: 'AzureCloud' | 'AzureChinaCloud' | 'AzureUSGovernment';
  /** The token endpoint of Microsoft Entra ID. */
  readonly authority: string;
  readonly resourceManager: string;
  /** Suffix of the login servers of its registries. */
  readonly registrySuffix: string;
  /** The audience of OIDC tokens that Microsoft Entra ID exchanges. */
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

/**
 * The cloud of a registry by its login server (`<name>.azurecr.io`, `<name>-<hash>.azurecr.io`). Undefined if it is
 * not Azure's.
 */
export function cloudOfRegistry(host: string): AzureCloud | undefined {
  return clouds.find(
    ({ registrySuffix }) => host.endsWith(registrySuffix) && /^[a-z0-9-]+$/.test(host.slice(0, -registrySuffix.length)),
  );
}

/** The cloud with this name of a service connection. */
export function cloudNamed(name: string): AzureCloud | undefined {
  return clouds.find((cloud) => cloud.name.toLowerCase() === name.toLowerCase());
}

/** Azure's SDKs treat it as login.chinacloudapi.cn. */
const newChinaAuthority = 'login.partner.microsoftonline.cn';

/**
 * The cloud in AZURE_AUTHORITY_HOST (the variable of Azure's SDKs), with or without a scheme. Default: the public
 * cloud.
 */
export function cloudOfEnvironment(environment: Readonly<Record<string, string | undefined>>): AzureCloud {
  const [, host] = /^(?:https:\/\/)?([^/]+)/.exec(environment['AZURE_AUTHORITY_HOST']?.toLowerCase() ?? '') ?? [];
  const authority = `https://${host === newChinaAuthority ? 'login.chinacloudapi.cn' : host}`;
  return clouds.find((cloud) => cloud.authority === authority) ?? publicCloud;
}
