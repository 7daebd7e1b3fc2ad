/** Prints the closing line of CI from the test report, and fails when anything failed. Each failed step counts as one failure. */
import { existsSync, readFileSync } from 'node:fs'

const failedSteps = Number(process.argv[2] ?? '0')
const report = 'coverage/tests.json'

function countTests(): { readonly passed: number; readonly failed: number; readonly skipped: number } {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 }
  const json: unknown = JSON.parse(readFileSync(report, 'utf8'))
  const number = (key: string): number => {
    const value = typeof json === 'object' && json !== null ? Reflect.get(json, key) : 0
    return typeof value === 'number' ? value : 0
  }
  return { passed: number('numPassedTests'), failed: number('numFailedTests'), skipped: number('numPendingTests') + number('numTodoTests') }
}

const { passed, failed, skipped } = countTests()
const failures = failed + failedSteps + (passed === 0 ? 1 : 0)
process.stdout.write(`\n${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
process.exitCode = failures > 0 ? 1 : 0
