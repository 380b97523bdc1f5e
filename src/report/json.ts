import type { Confidence } from '../discovery/use.ts';
import type { ErrorCode } from '../errors.ts';
import type { FindingCode, Severity } from '../findings.ts';
import type { Report } from './report.ts';
import { type Row, type RowOutcome, type RowStatus, rowsOf } from './rows.ts';
import { totalsOf } from './totals.ts';

/** `images.json`, schema version 1, as the contract has it. Keys are always there and `null` where nothing is known, but for those marked `?`. */
export interface ImagesJson {
  readonly version: 1;
  readonly charts: readonly ChartJson[];
  readonly images: readonly ImageJson[];
  readonly findings: readonly FindingJson[];
  /** Faults that ended the run early, so that a report of half a run never reads like one of a whole run. Empty otherwise. */
  readonly errors: readonly ErrorJson[];
  readonly totals: {
    readonly images: number;
    readonly found: number;
    readonly absent: number;
    readonly unknown: number;
    readonly copied: number;
    /** Bytes moved to the target. */
    readonly bytes: number;
  };
}

export interface ChartJson {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly valueSets: readonly string[];
  readonly helm: string;
}

export interface ImageJson {
  readonly image: string;
  readonly confidence: Confidence;
  readonly uses: readonly UseJson[];
  readonly status: RowStatus;
  readonly source: string | null;
  /** `digest`, `mediaType` and `size` are the manifest's descriptor (OCI image-spec descriptor.md): `size` is its bytes, not those of the layers. */
  readonly digest: string | null;
  readonly mediaType: string | null;
  readonly size: number | null;
  /** Left out where the run did not look into the manifest: no list is not an empty list. */
  readonly platforms?: readonly string[];
  /** `reason` says why it is not found. */
  readonly trace: readonly {
    readonly candidate: string;
    readonly result: 'found' | 'absent' | 'unknown';
    readonly reason?: string;
  }[];
  readonly target: string | null;
  readonly outcome: RowOutcome;
}

export interface UseJson {
  readonly chart: string;
  readonly valueSets: readonly string[];
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

export interface FindingJson {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  readonly image?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface ErrorJson {
  readonly code: ErrorCode;
  readonly message: string;
  readonly advice: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** The report for other programs. Every object is spelled out, so that its keys and their order are the contract's and no value can bring its own. */
export function reportJson(report: Report): ImagesJson {
  const rows = rowsOf(report);
  const { images, found, absent, unknown, copied, bytes } = totalsOf(rows);
  return {
    version: 1,
    charts: report.charts.map(({ chart, helmVersion }) => ({
      name: chart.metadata.name,
      version: chart.metadata.version,
      path: chart.displayPath,
      valueSets: chart.valueSets.map((set) => set.name),
      helm: helmVersion,
    })),
    images: rows.map(imageJson),
    findings: report.findings.map(({ code, severity, message, advice, image, file, line }) => ({
      code,
      severity,
      message,
      advice,
      ...(image === undefined ? {} : { image }),
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    })),
    errors: report.errors.map(({ code, message, advice, place }) => ({ code, message, advice, ...place })),
    totals: { images, found, absent, unknown, copied, bytes },
  };
}

/** The text of `images.json`; ends with a line end. */
export function reportJsonText(report: Report): string {
  return `${JSON.stringify(reportJson(report), undefined, 2)}\n`;
}

function imageJson(row: Row): ImageJson {
  return {
    image: row.image,
    confidence: row.confidence,
    uses: row.uses.map(({ chart, valueSets, template, kind, name, path, line, rule }) => ({
      chart,
      valueSets,
      template,
      kind,
      name,
      path,
      line,
      rule,
    })),
    status: row.status,
    source: row.source ?? null,
    digest: row.manifest?.digest ?? null,
    mediaType: row.manifest?.mediaType ?? null,
    size: row.manifest?.size ?? null,
    ...(row.platforms === undefined ? {} : { platforms: row.platforms }),
    trace: row.trace.map(({ location, result, reason }) => ({
      candidate: location,
      result,
      ...(reason === '' ? {} : { reason }),
    })),
    target: row.target ?? null,
    outcome: row.outcome,
  };
}
