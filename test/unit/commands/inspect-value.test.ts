import { describe, expect, it } from 'vitest';
import { inspectValue } from '../../../src/commands/docker/inspect/inspect-value';
import { Template } from '../../../src/commands/template/template';
import type { OrderedJson } from '../../../src/image/go-json';
import { fixtureEnvironment, run } from '../../support/fixture-store';

const healthcheck = ordered({ Test: ['CMD', 'x'], Interval: 90e9, Timeout: 1_500_000, Retries: 3 });
const image = new Map<string, OrderedJson>([
  ['Config', new Map([['Healthcheck', healthcheck]])],
  ['Metadata', ordered({ LastTagTime: '2025-03-04T05:06:07.089Z' })],
]);

function ordered(members: Readonly<Record<string, OrderedJson>>): OrderedJson {
  return new Map(Object.entries(members));
}

/** What docker's client 28.2.2 prints of an engine's answer with the same healthcheck and time. */
describe('an inspected image', () => {
  it.each([
    ['{{.Config.Healthcheck.Interval}} {{.Metadata.LastTagTime.Year}}', '1m30s 2025'],
    [
      '{{with .Config.Healthcheck.Interval}}{{.Seconds}} {{.Minutes}} {{.Hours}} {{.Milliseconds}} {{.String}}{{end}}',
      '90 1.5 0.025 90000 1m30s',
    ],
    [
      '{{printf "%d %s %T" .Config.Healthcheck.Interval .Config.Healthcheck.Timeout .Config.Healthcheck.Timeout}}',
      '90000000000 1.5ms time.Duration',
    ],
    [
      '{{eq .Config.Healthcheck.Interval 90000000000}} {{json .Config.Healthcheck.Interval}} {{json .Metadata}}',
      'true 90000000000 {"LastTagTime":"2025-03-04T05:06:07.089Z"}',
    ],
    [
      '{{with .Metadata.LastTagTime}}{{.}} {{.Month}} {{.Day}} {{.Hour}} {{.Minute}} {{.Second}} {{.Nanosecond}}{{end}}',
      '2025-03-04 05:06:07.089 +0000 UTC March 4 5 6 7 89000000',
    ],
    [
      '{{with .Metadata.LastTagTime}}{{.Unix}} {{.UnixMilli}} {{.UnixNano}} {{.Weekday}} {{.YearDay}} {{.IsZero}}{{end}}',
      '1741064767 1741064767089 1741064767089000000 Tuesday 63 false',
    ],
    ['{{.Metadata}}', '{2025-03-04 05:06:07.089 +0000 UTC}'],
  ])('%s is %s', (text, expected) => {
    expect(new Template(text).execute(inspectValue(image))).toBe(expected);
  });

  it('shows what a pointer within it points to, where docker shows an address', () => {
    expect(new Template('{{.Config}}').execute(inspectValue(image))).toBe(
      '{{ map[] [] [] [] map[]  map[]  false} {&{[CMD x] 1m30s 1.5ms 0s 0s 3} [] []}}',
    );
  });

  it('has all its keys asked for, once one before it needed what the engine said', async () => {
    const environment = await fixtureEnvironment();
    const format =
      '{{if eq .Architecture "amd64"}}{{.Config.Hostname}}{{else}}{{.Config.Labels.nope}}{{end}}';
    const inspected = (images: string) =>
      run(environment, `docker image inspect -f '${format}' ${images}`);
    expect(await inspected('acme/api:v2 web')).toMatchObject({
      exitCode: 0,
      stdout: '<no value>\nbuilder\n',
      stderr: '',
    });
    expect(await inspected('web acme/api:v2')).toMatchObject({
      exitCode: 1,
      stdout: 'builder\n',
      stderr:
        'template parsing error: template: :1:68: executing "" at <.Config.Labels.nope>: map has no entry for key "nope"\n',
    });
  });
});
