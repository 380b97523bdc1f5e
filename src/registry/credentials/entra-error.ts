import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';

/** What to do about the refusals of Microsoft Entra ID that pipelines run into (its error codes, AADSTS…). */
const advices: Readonly<Record<string, string>> = {
  '7000215': 'Put the value of a current client secret (not its id) where this secret comes from.',
  '7000222': 'The client secret has expired: make a new one for the application and put it where this one comes from.',
  '700016': 'Check the client id and the tenant id; the application must exist in that tenant.',
  '90002': 'Check the tenant id, and AZURE_AUTHORITY_HOST where the tenant is in a sovereign cloud.',
  '900023': 'Check the tenant id: it is a GUID or a domain name.',
  '70021':
    "Add a federated credential to the application identity issuer, subject and audience are exactly this run's.",
  '700211': "Add a federated credential to the application identity issuer is this pipeline's.",
  '700212': 'Set the audience of the federated credential to the one that is named here.',
  '700213':
    'Set the subject of the federated credential to the one that is named here (on GitHub it changes with branch, tag, environment and pull request).',
  '700024': 'Check the clock of the machine and run again: the assertion is too old, or from the future.',
  '700027': 'Register the certificate with the application, or use the one that is registered.',
  '500011': 'Check that the tenant is in the cloud of this registry or subscription.',
  '50013': 'Check the issuer of the federated credential.',
};

/**
 * The error for an identity that Microsoft Entra ID refused; `who` is its name, `advice` what there is to do whatever the reason.
 * Never holds what proved it.
 */
export function entraError(who: string, thrown: unknown, advice?: string): ChartImagesError {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const [said, code = ''] = /AADSTS(\d+):.*?(?=\s*(?:Trace ID|Correlation ID|Timestamp):|[\r\n]|$)/.exec(text) ?? [];
  return new ChartImagesError(
    'azure-identity',
    `Microsoft Entra ID gives no token to ${who}: ${redactServerText(said ?? text)}`,
    { advice: advice ?? advices[code] ?? 'Check the identity that this run has, and that it may be used from here.' },
  );
}
