import * as v from 'valibot';
import { type ErrorCode, errorCodes } from '../../core/errors.ts';
import { type FindingCode, findingCodes } from '../../core/findings.ts';
import { confidences } from '../../discovery/classify/confidence.ts';
import { mostShards } from '../../mirror/plan/shard.ts';
import type { ImagesJson } from '../json/json-types.ts';

const text = v.string();
const texts = v.array(text);
/** Sizes and counts. */
const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Hosts reject lines below 1, and a report is untrusted. */
const position = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const line = v.optional(position);
const bytes = v.nullable(number);

// Object.keys forgets which keys.
const findingCode = v.picklist(Object.keys(findingCodes) as FindingCode[]);
const errorCode = v.picklist(Object.keys(errorCodes) as ErrorCode[]);

const use = v.object({
  chart: text,
  chartPath: v.optional(text),
  valueSets: texts,
  template: text,
  kind: text,
  name: text,
  path: text,
  line: number,
  rule: text,
  optionalBy: v.optional(texts),
});

const finding = v.object({
  code: findingCode,
  severity: v.picklist(['error', 'warning', 'notice']),
  message: text,
  advice: text,
  image: v.optional(text),
  images: v.optional(texts),
  toggles: v.optional(texts),
  attachments: v.optional(v.array(v.object({ image: text, name: text }))),
  file: v.optional(text),
  line,
  age: v.optional(v.picklist(['new', 'known'])),
});

const origin = v.object({
  chartPath: text,
  values: v.array(
    v.object({
      parts: v.array(v.picklist(['registry', 'repository', 'tag', 'digest'])),
      path: text,
      from: v.optional(v.literal('chart')),
      file: v.nullable(text),
      line: v.nullable(position),
      inside: v.optional(text),
    }),
  ),
});

const image = v.object({
  image: text,
  confidence: v.picklist(confidences),
  uses: v.array(use),
  status: v.picklist(['found', 'absent', 'unknown', 'unresolved']),
  source: v.nullable(text),
  digest: v.nullable(text),
  mediaType: v.nullable(text),
  size: v.nullable(number),
  platforms: v.optional(texts),
  trace: v.array(
    v.object({
      candidate: text,
      result: v.picklist(['found', 'absent', 'unknown']),
      reason: v.optional(text),
    }),
  ),
  target: v.nullable(text),
  outcome: v.nullable(v.picklist(['copied', 'present', 'skipped', 'planned', 'failed'])),
  bytes: v.optional(number),
  reason: v.optional(text),
  shard: v.optional(position),
  origin: v.optional(v.array(origin)),
});

const changed = v.object({ image: text, charts: texts });

/** `images.json`, ignoring keys of later versions. */
export const reportSchema = v.object({
  version: v.literal(1),
  charts: v.array(
    v.object({
      name: text,
      version: text,
      path: text,
      valueSets: texts,
      helm: text,
      registryValuesPaths: v.optional(texts),
    }),
  ),
  images: v.array(image),
  findings: v.array(finding),
  errors: v.array(
    v.object({
      code: errorCode,
      message: text,
      advice: text,
      file: v.optional(text),
      line,
      column: v.optional(position),
    }),
  ),
  totals: v.object({ images: number, found: number, absent: number, unknown: number, copied: number, bytes: number }),
  shard: v.optional(
    v.object({ index: position, total: v.pipe(position, v.maxValue(mostShards)), division: v.nullable(text) }),
  ),
  ignored: v.optional(
    v.array(
      v.object({
        reason: text,
        until: v.nullable(text),
        file: text,
        line: v.nullable(position),
        images: v.array(v.object({ image: text, uses: v.array(use) })),
        findings: v.array(finding),
      }),
    ),
  ),
  aosm: v.optional(
    v.array(
      v.object({
        chart: text,
        path: text,
        right: number,
        cases: v.array(
          v.object({
            fault: v.picklist(['lost', 'misread', 'invented']),
            image: text,
            readAs: v.nullable(text),
            reason: text,
            template: text,
            line: position,
          }),
        ),
      }),
    ),
  ),
  delta: v.optional(
    v.object({
      base: text,
      commit: v.optional(text),
      inexact: v.optional(text),
      added: v.array(v.object({ ...changed.entries, bytes })),
      removed: v.array(changed),
      moved: v.array(v.object({ ...changed.entries, from: text, to: text, bytes })),
      bytes,
      unmeasured: v.optional(text),
    }),
  ),
});

/** A parsed `images.json`. */
export type ReadReport = v.InferOutput<typeof reportSchema>;

/** Checked by the compiler: the schema can read every report that this program writes. */
export type AssertReadable = Assert<ImagesJson extends DeepReadonly<ReadReport> ? true : false>;

type Assert<T extends true> = T;

type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;
