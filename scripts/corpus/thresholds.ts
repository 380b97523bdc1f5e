/**
 * What the project has promised of its figures, in percent. The scorer prints precision and labels with one decimal.
 */
const bars = { certain: 100, likely: 99, embedded: 95, precision: 99.5, labels: 99 } as const;

/**
 * In words, each figure of what the scorer printed that is below its bar, and each synthetic chart that is not read in
 * full.
 */
export function belowBars(printed: string): readonly string[] {
  const recalls = (['certain', 'likely', 'embedded'] as const).flatMap((name) => {
    const [, found, total] = new RegExp(`^recall ${name} .*\\((\\d+) of (\\d+)\\)$`, 'm').exec(printed) ?? [];
    if (total === '0') return [];
    return below(`recall of ${name} images`, (100 * Number(found)) / Number(total), bars[name]);
  });
  return [
    ...recalls,
    ...below('precision', percentage(/^precision +(\S+)/m, printed), bars.precision),
    ...below('agreement of confidences', percentage(/^confidence label +(\S+)/m, printed), bars.labels),
    ...printed.split('\n').flatMap(syntheticFault),
  ];
}

/** A figure that is not printed is not known to be good. */
function below(name: string, figure: number, bar: number): readonly string[] {
  if (figure >= bar) return [];
  return [`${name}: ${Number.isNaN(figure) ? 'not printed' : `${figure.toFixed(2)} %`}, promised ${bar} %`];
}

/** A dash stands for nothing to count. */
function percentage(pattern: RegExp, printed: string): number {
  const text = pattern.exec(printed)?.[1] ?? '';
  return text === '-' ? 100 : Number.parseFloat(text);
}

function syntheticFault(row: string): readonly string[] {
  const [, chart, counts = ''] = /^(\S+) \(synthetic\) +(.*)$/.exec(row) ?? [];
  if (chart === undefined) return [];
  const whole = [...counts.matchAll(/(\d+)\/(\d+)/g)].every(([, found, total]) => found === total);
  return whole && / 0$/.test(row) ? [] : [`${chart}: a synthetic chart that is not read in full`];
}
