/** Copies of signed images between real registries whose doors throttle, break and delay at random, by a seed. */
import { silentLog } from '../../src/core/log.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import { attachmentFindings } from '../../src/mirror/copy/attachment-findings.ts';
import { copyImages } from '../../src/mirror/copy/copy-images.ts';
import type { Outcome } from '../../src/mirror/plan/plan.ts';
import type { Registries } from '../../src/registry/client/registry.ts';
import { type Distribution, startDistribution } from './distribution.ts';
import { type Fault, startFaultProxy } from './fault-proxy.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from './images.ts';
import { planOf } from './planned.ts';
import { pushReferrers, withSubject } from './referrers.ts';
import { openRegistries } from './registries.ts';

export interface Soak {
  /** One run. Returns what is wrong in its result; empty if all is well. */
  run(seed: number): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Milliseconds without a request after which a run counts as hanging. No pause of a retry is as long. */
const hangs = 60_000;

/** Milliseconds of a run that sends requests without end. A busy machine needs minutes for one. */
const endless = 900_000;

const suffixes = ['sig', 'att', 'sbom'];

export async function startSoak(): Promise<Soak> {
  const [source, target] = await Promise.all([startDistribution(), startDistribution()]);
  const large = await makeImage({ seed: 'large', layers: [600_000, 600_001, 600_002, 1000] });
  const index = await makeIndex([
    await makeImage({ seed: 'index', layers: [300_000] }),
    await makeImage({ seed: 'index', platform: 'linux/arm64', layers: [2000] }),
  ]);
  const small = await makeImage({ seed: 'small' });
  const images: Readonly<Record<string, TestImage>> = { large, index, small };
  const signatures = await Promise.all(suffixes.map((seed) => makeImage({ seed })));
  const [sbom, scan] = [await makeImage({ seed: 'an SBOM' }), await makeImage({ seed: 'a scan' })];
  for (const [repository, image] of Object.entries(images)) {
    await pushImage(source.url, repository, '1', image);
    for (const part of [image, ...image.children]) {
      const referrers = [sbom, scan].map((referrer) => withSubject(referrer, part));
      await pushReferrers(source.url, repository, part, ...referrers);
      // The SBOM of an image may be signed, too.
      for (const referrer of referrers.slice(0, 1))
        await pushReferrers(source.url, repository, referrer, withSubject(scan, referrer));
      for (const [at, signature] of signatures.entries())
        await pushImage(source.url, repository, `${part.digest.replace(':', '-')}.${suffixes[at]}`, signature);
    }
  }
  return {
    run: (seed) => runOnce(seed, source, target, images),
    async stop() {
      await Promise.all([source.stop(), target.stop()]);
    },
  };
}

async function runOnce(
  seed: number,
  source: Distribution,
  target: Distribution,
  images: Readonly<Record<string, TestImage>>,
): Promise<readonly string[]> {
  const random = randomOf(seed);
  const rates = [random() * 0.2, random() * 0.2];
  const faultFor = (rate: number) => (): Fault | undefined => (random() < rate ? faultOf(random) : undefined);
  const [from, to] = await Promise.all([
    startFaultProxy(source.host, { fault: faultFor(rates[0] ?? 0) }),
    startFaultProxy(target.host, { fault: faultFor(rates[1] ?? 0) }),
  ]);
  const limit = () => 1 + Math.floor(random() * 4);
  const patience = 3000;
  const reading = await openRegistries({ concurrency: limit(), patience });
  const writing = await openRegistries({ concurrency: limit(), patience });
  const registries: Registries = {
    get: (host) => (host === from.host ? reading : writing).registries.get(host),
    close: async () => {
      await Promise.all([reading.registries.close(), writing.registries.close()]);
    },
  };
  const names = Object.keys(images);
  const copies = Object.entries(images).map(([name, image]) => ({
    image,
    from: `${from.host}/${name}:1`,
    to: `${to.host}/soak-${seed}/${name}:1`,
  }));
  const controller = new AbortController();
  const watch = watchForHang(() => from.requests.length + to.requests.length, controller);
  try {
    const options = { attachments: 'all', concurrency: limit(), log: silentLog, signal: controller.signal } as const;
    const outcomes = await copyImages(planOf(...copies), registries, options);
    if (controller.signal.aborted) return ['it did not end by itself'];
    const checked = await Promise.all(
      outcomes.map((outcome, at) => faultsIn(outcome, names[at] ?? '', images, source, target, `soak-${seed}`)),
    );
    return checked.flat();
  } finally {
    watch.stop();
    await registries.close();
    await Promise.all([from.stop(), to.stop()]);
  }
}

/** Aborts a run whose requests have ended, or do not end. A clock alone would report a busy machine. */
function watchForHang(count: () => number, controller: AbortController): { stop(): void } {
  const began = performance.now();
  let last = { count: 0, at: began };
  const timer = setInterval(() => {
    const now = performance.now();
    if (count() > last.count) last = { count: count(), at: now };
    if (now - last.at > hangs || now - began > endless) controller.abort();
  }, 1000);
  return { stop: () => clearInterval(timer) };
}

/** The tag leads to the whole content or is missing with an error, and what is attached is there or reported. */
async function faultsIn(
  outcome: Outcome,
  name: string,
  images: Readonly<Record<string, TestImage>>,
  source: Distribution,
  target: Distribution,
  folder: string,
): Promise<readonly string[]> {
  const image = images[name];
  if (image === undefined) return [`${name} is unknown`];
  const faults: string[] = [];
  const tags = await tagsIn(target, `${folder}/${name}`);
  if (outcome.result === 'failed') {
    if (outcome.error.code === 'internal' || outcome.error.message === '')
      faults.push(`${name}: ${outcome.error.message}`);
    if (!tags.includes('1')) return faults;
  } else if (!tags.includes('1')) faults.push(`${name} was reported as copied and has no tag`);
  if (!(await isWhole(target, `${folder}/${name}`, image))) faults.push(`${name} is not whole`);
  if (outcome.result !== 'failed') faults.push(...(await lostAttachments(outcome, name, source, target, folder)));
  return faults;
}

/** Lists both sides, and requires a finding that names each attachment that only the source has. */
async function lostAttachments(
  outcome: Outcome,
  name: string,
  source: Distribution,
  target: Distribution,
  folder: string,
): Promise<readonly string[]> {
  const [there, here] = await Promise.all([attachmentsIn(source, name), attachmentsIn(target, `${folder}/${name}`)]);
  const findings = attachmentFindings([outcome]);
  const reported = findings.flatMap(({ attachments = [] }) => attachments.map(({ name: one }) => one));
  const explains = ({ digest, tag, of }: Attachment) => [
    ...(tag === undefined ? [`referrer ${digest}`, `the list of referrers of ${of}`] : [tag]),
    `the referrers of ${of}`,
    `${of.replace(':', '-')}`,
    ...wholeImage,
  ];
  const isIn = ({ digest, of }: Attachment) => here.some((one) => one.digest === digest && one.of === of);
  const isReported = (attachment: Attachment): boolean => {
    if (explains(attachment).some((text) => reported.includes(text))) return true;
    // What is attached to an attachment that could not be copied is part of that one.
    const parent = there.find(({ digest }) => digest === attachment.of);
    return parent !== undefined && !isIn(parent) && isReported(parent);
  };
  const lost = there.filter((attachment) => !isIn(attachment) && !isReported(attachment));
  return lost.map(({ digest, tag, of }) => `${name} lost ${tag ?? digest} of ${of} in silence: ${reported.join()}`);
}

/** Names for all attachments of an image. */
const wholeImage = ['the attachments of the image', 'the manifests of the image'];

interface Attachment {
  readonly digest: string;
  /** Undefined for a referrer. */
  readonly tag: string | undefined;
  /** Digest of its subject. */
  readonly of: string;
}

/** Tags of cosign, and the referrers that the lists under the referrers tags name and the registry has. */
async function attachmentsIn(registry: Distribution, repository: string): Promise<readonly Attachment[]> {
  const found: Attachment[] = [];
  for (const tag of await tagsIn(registry, repository)) {
    const [, hash, suffix] = /^sha256-([0-9a-f]{64})(\.[a-z]+)?$/.exec(tag) ?? [];
    if (hash === undefined) continue;
    const of = `sha256:${hash}`;
    const { digest, entries } = await manifestIn(registry, repository, tag);
    if (suffix !== undefined) found.push({ digest, tag, of });
    else {
      for (const entry of entries) {
        if ((await manifestIn(registry, repository, entry)).digest === entry)
          found.push({ digest: entry, tag: undefined, of });
      }
    }
  }
  return found;
}

async function manifestIn(registry: Distribution, repository: string, key: string) {
  const accept = [mediaTypes.ociIndex, mediaTypes.ociManifest].join();
  const response = await fetch(`${registry.url}/v2/${repository}/manifests/${key}`, { headers: { accept } });
  const { manifests = [] } = (await response.json()) as { readonly manifests?: readonly { readonly digest: string }[] };
  return {
    digest: response.headers.get('docker-content-digest') ?? '',
    entries: manifests.map(({ digest }) => digest),
  };
}

async function isWhole(registry: Distribution, repository: string, image: TestImage): Promise<boolean> {
  const read = async (path: string, accept: string): Promise<Buffer> => {
    const response = await fetch(`${registry.url}/v2/${repository}/${path}`, { headers: { accept } });
    return Buffer.from(await response.arrayBuffer());
  };
  if (!(await read(`manifests/${image.digest}`, image.mediaType)).equals(image.bytes)) return false;
  for (const { digest, bytes } of image.blobs) if (!(await read(`blobs/${digest}`, '*/*')).equals(bytes)) return false;
  for (const child of image.children) if (!(await isWhole(registry, repository, child))) return false;
  return true;
}

async function tagsIn(registry: Distribution, repository: string): Promise<readonly string[]> {
  const response = await fetch(`${registry.url}/v2/${repository}/tags/list`);
  if (response.status !== 200) return [];
  const { tags } = (await response.json()) as { readonly tags: readonly string[] | null };
  return tags ?? [];
}

function faultOf(random: () => number): Fault {
  const faults: readonly Fault[] = [
    { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'status', status: 429 },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 504 },
    { kind: 'reset' },
    { kind: 'answer-lost' },
    { kind: 'half' },
    { kind: 'silence', milliseconds: Math.floor(random() * 100) },
    { kind: 'status', status: 403 },
  ];
  return faults[Math.floor(random() * faults.length)] ?? { kind: 'reset' };
}

/** A sequence of numbers from 0 to 1 that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
