/**
 * An `az` whose `aosm` has the options and the files of the public source of the extension
 * (Azure/azure-cli-extensions, src/aosm, onboard_nfd_publish): `publish` has no `--skip`, and uploads what
 * `artifacts.json` lists.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const program = `#!/bin/sh
[ "$1" = aosm ] || exit 0
kind=$2 command="$2 $3" book=$(dirname "$0")/calls
shift 3
case $command in
  'nfd build') known='--definition-type --config-file --skip' folder=cnf-cli-output ;;
  'nsd build') known='--config-file' folder=nsd-cli-output ;;
  'nfd publish') known='--definition-type --build-output-folder --no-subscription-permissions' ;;
  'nsd publish') known='--build-output-folder --no-subscription-permissions' ;;
esac
while [ $# -gt 0 ]; do
  case " $known " in
    *" $1 "*) [ "$1" != --build-output-folder ] || folder=$2 ;;
    *) echo "unrecognized arguments: $*" >&2; exit 2 ;;
  esac
  shift 2
done
list=$folder/artifacts/artifacts.json
case $command in
  *build) mkdir -p "$folder/artifacts" && printf '[\n  {"artifact_name": "%s"}\n]' "$kind" >"$list" ;;
  *publish) command="$command with $(grep -c artifact_name "$list") artifacts" ;;
esac
echo "$command" >>"$book"
`;

/** The commands of `az aosm` that were run, in order. */
export async function installAz(home: string): Promise<() => Promise<readonly string[]>> {
  const folder = azProgramsOf(home);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'calls'), '');
  await writeFile(join(folder, 'az'), program, { mode: 0o755 });
  return async () => (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter((line) => line !== '');
}

export function azProgramsOf(home: string): string {
  return join(home, 'programs');
}
