import { ChartImagesError } from '../../core/errors.ts';
import { pinnedHelm } from './helm-release.ts';

/** The archive of one helm release for one platform. */
export interface ReleaseFile {
  /** `helm-v4.2.4-linux-amd64.tar.gz`. */
  readonly name: string;
  readonly format: 'tar.gz' | 'zip';
  /** Path of the program in the archive: `linux-amd64/helm`. */
  readonly program: string;
  /** Lowercase hex; only for the pinned release. */
  readonly sha256: string | undefined;
}

const osNames: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  loong64: 'loong64',
  ppc64: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/** SHA-256 of the archives of the pinned release, from the release page (github.com/helm/helm, v4.2.4). */
const pinnedChecksums: Readonly<Record<string, string>> = {
  'linux-amd64': 'c306b46f719b0a4da32d0f78ee21bf90ce8d602f15b22ab753f0674d1670a7f3',
  'linux-arm64': '564de2191b881e9f71b5606b25345821ea1682f06ab90499d3ab22b530176da1',
  'linux-arm': '894e901f7daaf9b458baad7b5c685bfeef49070d7d53f99687bd5846a6c13639',
  'linux-386': '45297aeac0c65173a89e8de832997f952ba5115c2db09b2e3f2c23a601e70583',
  'linux-loong64': 'faafbfecc1a06196e650c3ce0c74d5ac32cb1c0c0a855fa76e59dd100cb8d4c4',
  'linux-ppc64le': '5c00073e9d493de201384bb7eb19d60615bd7c39db52148473e8ce6da84bc70a',
  'linux-s390x': '5396a35fca5fa46e5614140363f389ce66f96886c1b25f256d9e3028299422fa',
  'linux-riscv64': 'd8532a3524ca842887b15ab794377dc9c8ced8f26264c84171b4b0aafff05411',
  'darwin-amd64': '6c163d687ca03c3b5c01928e53bbbcf9518278f47ce7a2f249a5a08e8bdaa2bc',
  'darwin-arm64': 'd747eb4e28bd2727173d15b759fa0a17822291ec09db7ced3d55af290a3661a2',
  'windows-amd64': 'e94d83a4706fd82078c98dade2079fa9d9680c1c2bfb93bfc304ee6bc2412a32',
  'windows-arm64': 'dbe8b49ea9877abe3d77354a792efb01920da9f65a492fcb8b4fce4e08bbae8f',
};

/** As in `process` of Node.js. */
export interface Target {
  readonly platform: string;
  readonly arch: string;
}

/** File names are from Helm's Makefile. Throws `helm-missing` for a platform without a release. */
export function releaseFile(version: string, machine: Target): ReleaseFile {
  const os = osNames[machine.platform];
  const architecture = architectures[machine.arch];
  if (os === undefined || architecture === undefined) {
    throw new ChartImagesError(
      'helm-missing',
      `Cannot download helm: there is no release for ${machine.platform} on ${machine.arch}.`,
      {
        advice: 'Install helm on PATH, and remove helm-version to use the default.',
      },
    );
  }
  const format = os === 'windows' ? 'zip' : 'tar.gz';
  const target = `${os}-${architecture}`;
  return {
    name: `helm-v${version}-${target}.${format}`,
    format,
    program: `${target}/helm${os === 'windows' ? '.exe' : ''}`,
    sha256: version === pinnedHelm ? pinnedChecksums[target] : undefined,
  };
}
