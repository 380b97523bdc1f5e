import { describe, expect, test } from 'vitest';
import { chartYamlOf, fileOfChart } from '../../../src/helm/charts/chart-file.ts';

describe('the display path of a file', () => {
  test('in a chart at the work folder has no leading "./", which GitHub matches with no file', () => {
    expect(fileOfChart({ displayPath: '.' }, 'values.yaml')).toBe('values.yaml');
    expect(chartYamlOf({ displayPath: '.', kind: 'folder' })).toBe('Chart.yaml');
  });

  test('in another chart starts with the folder of the chart', () => {
    expect(fileOfChart({ displayPath: 'charts/shop' }, 'values.yaml')).toBe('charts/shop/values.yaml');
    expect(chartYamlOf({ displayPath: 'charts/shop', kind: 'folder' })).toBe('charts/shop/Chart.yaml');
  });

  test('of a packaged chart is the archive', () => {
    expect(chartYamlOf({ displayPath: 'shop-1.0.0.tgz', kind: 'archive' })).toBe('shop-1.0.0.tgz');
  });
});
