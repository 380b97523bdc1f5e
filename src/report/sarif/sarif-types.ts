/** The subset of SARIF 2.1.0 (OASIS Standard, sarif-v2.1.0-os) in `images.sarif`. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly [SarifRun];
}

export interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly semanticVersion: string;
      readonly rules: readonly SarifRule[];
    };
  };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      /** Problems without a file. */
      readonly toolExecutionNotifications: readonly SarifNotification[];
    },
  ];
  readonly columnKind: 'utf16CodeUnits';
  readonly results: readonly SarifResult[];
}

export interface SarifText {
  readonly text: string;
}

export interface SarifRule {
  readonly id: string;
  readonly shortDescription: SarifText;
  readonly fullDescription: SarifText;
  readonly help: SarifText;
  readonly defaultConfiguration: { readonly level: SarifLevel };
}

export type SarifLevel = 'error' | 'warning' | 'note';

export interface SarifNotification {
  readonly associatedRule?: { readonly id: string; readonly index: number };
  readonly level: SarifLevel;
  readonly message: SarifText;
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: SarifLevel;
  readonly message: SarifText;
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string; readonly uriBaseId: '%SRCROOT%' };
        readonly region?: { readonly startLine: number; readonly startColumn?: number };
      };
    },
  ];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}
