/** `npm test`: every check and every suite, one after the other; ends with what failed and one line that counts the tests. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { provideBrowser } from './browser.mjs';

const REPORTS = '.cache/reports';
const CHECKS = ['check:types', 'check:lint', 'check:format', 'check:dead'];
const SUITES = ['node', 'browser', 'e2e', 'interop'];

process.env['DRYDOCK_BROWSER'] = provideBrowser();
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const failures = [];
const failedTests = [];
const totals = { passed: 0, failed: 0, skipped: 0 };

for (const check of CHECKS) step(check, 'npm', ['run', '--silent', check]);
for (const suite of SUITES) {
  const report = join(REPORTS, `${suite}.json`);
  const args = ['vitest', 'run', '--project', suite, '--reporter=default', '--reporter=json'];
  step(`test ${suite}`, 'npx', [...args, `--outputFile.json=${report}`]);
  count(report);
}

if (failures.length > 0) console.log(`\nfailed: ${failures.join(', ')}`);
for (const line of failedTests) console.log(line);
if (totals.failed === 0) totals.failed = failures.length;
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exitCode = failures.length > 0 ? 1 : 0;

function step(name, command, args) {
  const start = performance.now();
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`── ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
  if (status !== 0) failures.push(name);
}

function count(report) {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = readReport(report);
  totals.passed += numPassedTests;
  totals.failed += numFailedTests;
  totals.skipped += numPendingTests;
  for (const file of testResults) failedTests.push(...failuresOf(file));
}

/** A line for each test of a file that failed, and one for a file that did not come to its tests; so that they stand at the end of a long log. */
function failuresOf({ name, status, message, assertionResults }) {
  const path = relative(process.cwd(), name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (status === 'failed' && failed.length === 0) return [`  ${path}: ${firstLine(message)}`];
  return failed.map(
    (test) => `  ${path} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`,
  );
}

function firstLine(text = '') {
  return text.split('\n', 1)[0];
}

function readReport(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] };
  }
}
