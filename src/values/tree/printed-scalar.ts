/** How helm prints an unquoted scalar that is not a string. */
export interface PrintedScalar {
  readonly text: string;
  readonly type: 'number' | 'boolean';
}

/**
 * The text that `{{ .Values.tag }}` prints for an unquoted scalar. Undefined for strings and null. Helm reads YAML 1.1
 * (`yes`, `0755`, `1_000`) and numbers as float64 (helm 3.14 to 4.2, observed).
 */
export function printedScalar(written: string): PrintedScalar | undefined {
  const value = scalarOf(written);
  if (typeof value === 'boolean') return { text: String(value), type: 'boolean' };
  return value === undefined ? undefined : { text: formatFloat(Number(value)), type: 'number' };
}

/** The same for a text field of Chart.yaml, where helm keeps whole numbers and rounds others to float32 (observed). */
export function printedField(written: string): PrintedScalar | undefined {
  const value = scalarOf(written);
  if (typeof value !== 'number') {
    return typeof value === 'bigint' ? { text: String(value), type: 'number' } : printedScalar(written);
  }
  return { text: formatFloat(shortestFloat32(value)), type: 'number' };
}

/** `1.10 without quotes is the number 1.1: write "1.10".` Undefined if helm prints what is written. */
export function quotingAdvice(written: string, printed: PrintedScalar | undefined): string | undefined {
  if (printed === undefined || printed.text === written) return undefined;
  return `${written} without quotes is the ${printed.type} ${printed.text}: write "${written}".`;
}

const words: ReadonlyMap<string, boolean> = new Map(
  [
    { value: true, texts: 'y Y yes Yes YES true True TRUE on On ON' },
    { value: false, texts: 'n N no No NO false False FALSE off Off OFF' },
  ].flatMap(({ value, texts }) => texts.split(' ').map((text) => [text, value] as const)),
);

/** Longer digits are no version, and converting them takes quadratic time. */
const longestNumber = 100;

function scalarOf(written: string): boolean | number | bigint | undefined {
  if (written.length > longestNumber) return undefined;
  return words.get(written) ?? integerOf(written) ?? floatOf(written);
}

function integerOf(written: string): bigint | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(\w+)$/.exec(written) ?? [];
  const plain = digits.replaceAll('_', '');
  const literal = /^0[0-7]+$/.test(plain) ? `0o${plain.slice(1)}` : plain;
  if (!/^\d/.test(digits) || !/^(?:0b[01]+|0o[0-7]+|0x[0-9a-f]+|0|[1-9]\d*)$/i.test(literal)) return undefined;
  const value = sign === '-' ? -BigInt(literal) : BigInt(literal);
  // Larger ones are read as float64.
  return value >= -(2n ** 63n) && value < 2n ** 64n ? value : undefined;
}

function floatOf(written: string): number | undefined {
  if (!/^[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:e[-+]?\d+)?$/i.test(written)) return undefined;
  const value = Number(written.replaceAll('_', ''));
  // Out of range, which stays a string.
  return Number.isFinite(value) ? value : undefined;
}

/** Go's `%v`: the shortest digits, with an exponent below 1e-4 and from 1e6. */
function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (Object.is(value, -0)) return '-0';
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Significant digits that identify any float32. */
const float32Digits = 9;

function shortestFloat32(value: number): number {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded) || rounded === 0) return rounded;
  for (let digits = 1; digits < float32Digits; digits += 1) {
    const short = Number(rounded.toPrecision(digits));
    if (Math.fround(short) === rounded) return short;
  }
  return Number(rounded.toPrecision(float32Digits));
}
