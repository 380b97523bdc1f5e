/** One line at a place that the host shows beside the code. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Path from the work folder, `/` as separator. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}
