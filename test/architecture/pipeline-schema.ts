/**
 * The part of Azure Pipelines' YAML that the examples use, strictly: a key that is not here is a mistake or has to be
 * added. By "YAML schema reference for Azure Pipelines" (learn.microsoft.com). Microsoft publishes a JSON Schema of all
 * of it in microsoft/azure-pipelines-vscode, 1.6 MB and in no package; the examples were held to it by hand.
 */
import * as v from 'valibot';

/** The service takes every scalar as a text, so files are read that way here (YAML's failsafe schema). */
const text = v.pipe(v.string(), v.minLength(1));
const flag = v.picklist(['true', 'false']);
const number = v.pipe(v.string(), v.digits());
const filter = v.strictObject({ include: v.optional(v.array(text)), exclude: v.optional(v.array(text)) });
const none = v.literal('none');

const trigger = v.union([
  none,
  v.strictObject({
    branches: v.optional(filter),
    paths: v.optional(filter),
    tags: v.optional(filter),
    batch: v.optional(flag),
  }),
]);
const pr = v.union([
  none,
  v.strictObject({ branches: v.optional(filter), paths: v.optional(filter), drafts: v.optional(flag) }),
]);
const schedule = v.strictObject({
  cron: v.pipe(text, v.regex(/^\S+ \S+ \S+ \S+ \S+$/)),
  displayName: v.optional(text),
  branches: filter,
  always: v.optional(flag),
});

/** An agent pool's name, or an image of Microsoft's. */
const pool = v.union([
  text,
  v.strictObject({ vmImage: text }),
  v.strictObject({ name: text, demands: v.optional(v.array(text)) }),
]);

const ofEveryStep = {
  /** Letters, digits and underscores: `$(name.output)` would not be read otherwise. */
  name: v.optional(v.pipe(text, v.regex(/^\w+$/))),
  displayName: v.optional(text),
  condition: v.optional(text),
  continueOnError: v.optional(flag),
  timeoutInMinutes: v.optional(number),
  env: v.optional(v.record(text, text)),
};
const step = v.union([
  v.strictObject({
    checkout: v.picklist(['self', 'none']),
    fetchDepth: v.optional(number),
    persistCredentials: v.optional(flag),
    ...ofEveryStep,
  }),
  v.strictObject({
    task: v.pipe(text, v.regex(/^\w+@\d+$/)),
    inputs: v.optional(v.record(text, text)),
    ...ofEveryStep,
  }),
  v.strictObject({ script: text, workingDirectory: v.optional(text), ...ofEveryStep }),
]);
const steps = v.pipe(v.array(step), v.minLength(1));
const job = v.strictObject({
  job: v.pipe(text, v.regex(/^\w+$/)),
  displayName: v.optional(text),
  dependsOn: v.optional(v.union([text, v.array(text)])),
  condition: v.optional(text),
  timeoutInMinutes: v.optional(number),
  pool: v.optional(pool),
  strategy: v.optional(v.strictObject({ parallel: number })),
  steps,
});

const ofEveryPipeline = {
  trigger: v.optional(trigger),
  pr: v.optional(pr),
  schedules: v.optional(v.array(schedule)),
  variables: v.optional(v.record(text, text)),
  pool: v.optional(pool),
  lockBehavior: v.optional(v.picklist(['sequential', 'runLatest'])),
};

/** Steps alone are a pipeline with one job. */
export const pipeline = v.union([
  v.strictObject({ ...ofEveryPipeline, steps }),
  v.strictObject({ ...ofEveryPipeline, jobs: v.pipe(v.array(job), v.minLength(1)) }),
]);

export type Pipeline = v.InferOutput<typeof pipeline>;
