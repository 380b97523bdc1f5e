import { joinWithLimit } from '../../core/text.ts';

/** Names in a sentence. A command has all of them. */
const namedRepositories = 20;

/** How to create repositories that the target does not create by itself, with the command of its provider. */
export function createRepositoryAdvice(host: string, repositories: readonly string[]): string {
  const all = [...new Set(repositories)];
  const command = commandFor(host, all);
  const [these, their, them] =
    all.length === 1 ? ['the repository', 'its', 'it'] : ['these repositories', 'their', 'them'];
  if (command !== undefined) return `Create ${these} before the push: ${command}`;
  const names = joinWithLimit(all, namedRepositories, ', ');
  return `Create ${these} (or ${their} project) in ${host} before the push, or use credentials that may create ${them}: ${names}.`;
}

function commandFor(host: string, repositories: readonly string[]): string | undefined {
  const [, region] = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(host) ?? [];
  if (region !== undefined)
    return forEach(repositories, (name) => `aws ecr create-repository --region ${region} --repository-name ${name}`);
  if (host === 'public.ecr.aws') {
    const own = repositories.map((name) => name.split('/').slice(1).join('/'));
    return forEach(own, (name) => `aws ecr-public create-repository --region us-east-1 --repository-name ${name}`);
  }
  const [, location] = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(host) ?? [];
  if (location === undefined) return undefined;
  // The first two parts of a name are the project and the repository. Paths below it need no creation.
  const places = new Set(repositories.map((name) => name.split('/').slice(0, 2).join('/')));
  return [...places].map((place) => createInGoogleCloud(location, place)).join(' && ');
}

function createInGoogleCloud(location: string, place: string): string {
  const [project = '', repository = ''] = place.split('/');
  return `gcloud artifacts repositories create ${repository} --repository-format=docker --location=${location} --project=${project}`;
}

/** A loop of bash. The names are parts of references, which have no special characters. */
function forEach(names: readonly string[], command: (name: string) => string): string {
  const [first = ''] = names;
  return names.length === 1 ? command(first) : `for name in ${names.join(' ')}; do ${command('$name')}; done`;
}
