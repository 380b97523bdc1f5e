/**
 * A service connection as Azure's agent hands it to a task: variables, their keys in upper case (azure-pipelines-agent,
 * Handler.cs).
 */

export function endpointsOf(
  id: string,
  scheme: string,
  parameters: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const named = (kind: string, values: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [`ENDPOINT_${kind}_${id}_${key.toUpperCase()}`, value]),
    );
  return {
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ scheme, parameters }),
    ...named('AUTH_PARAMETER', parameters),
    ...named('DATA', data),
  };
}
