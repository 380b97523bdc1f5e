import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';

/** Advice by error code of Microsoft Entra ID (AADSTS…), for those that are common in pipelines. */
const advices: Readonly<Record<string, string>> = {
  '7000215': 'Set the value of a current client secret, not its ID.',
  '7000222': 'Create a new client secret for the application: this one has expired.',
  '700016': 'Check the client ID and the tenant ID. The application must exist in that tenant.',
  '90002': 'Check the tenant ID and, for a sovereign cloud, AZURE_AUTHORITY_HOST.',
  '900023': 'Check the tenant ID. It must be a GUID or a domain name.',
  '70021': 'Add a federated credential to the application, with exactly the issuer, subject, and audience of this run.',
  '700211': 'Add a federated credential to the application with the issuer of this pipeline.',
  '700212': 'Set the audience of the federated credential to the one in the message.',
  '700213':
    'Set the subject of the federated credential to the one in the message. On GitHub, it depends on branch, tag, environment, and pull request, and contains the IDs of newer repositories (owner@123/name@456).',
  '700024': 'Check the clock of the machine and run again: the assertion is expired or not yet valid.',
  '700027': 'Register the certificate with the application, or use the registered one.',
  '500011': 'Check that the tenant is in the cloud of this registry or subscription.',
  '50013': 'Check the issuer of the federated credential.',
};

/** The error for an identity that Microsoft Entra ID rejected. `advice` overrides that of the code. Never a secret. */
export function entraError(identity: string, thrown: unknown, advice?: string): ChartImagesError {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const [message, code = ''] = /AADSTS(\d+):.*?(?=\s*(?:Trace ID|Correlation ID|Timestamp):|[\r\n]|$)/.exec(text) ?? [];
  return new ChartImagesError(
    'azure-identity',
    `Microsoft Entra ID rejected ${identity}: ${redactServerText(message ?? text)}`,
    { advice: advice ?? advices[code] ?? 'Check the identity of this run, and that it is allowed on this machine.' },
  );
}
