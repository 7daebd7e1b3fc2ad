import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyDefaults } from '../src/kube/defaults/defaults.ts'
import type { KubeObject } from '../src/kube/object.ts'
import { isKubeObject } from '../src/kube/object.ts'
import { loadValue } from '../src/kube/yaml/yaml.ts'
import type { CheckViolation, LevelVersion } from '../src/standards/pod-security/pod-security.ts'
import { detailsText, evaluatePod, evaluationModes, parseLevel, parseVersion } from '../src/standards/pod-security/pod-security.ts'
import { podParts } from '../src/dialects/podsecurity/pod-template.ts'
import type { Outcome, Suite, Verdict } from './outcome.ts'

/** The Pods of the Pod Security Standards, LEVEL/vX.Y/{pass,fail}: one outcome for each, judged by that level of that version after the API server's defaulting. */
export const podSecurity: Suite = {
  name: 'pod-security',
  run: (root) => {
    const folder = join(root, 'pod-security')
    if (!existsSync(folder)) return Promise.resolve(undefined)
    const outcomes = foldersIn(folder).flatMap((level) =>
      foldersIn(join(folder, level)).flatMap((version) => outcomesOf(folder, level, version)),
    )
    return Promise.resolve(outcomes)
  },
}

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()

function outcomesOf(root: string, levelName: string, versionName: string): readonly Outcome[] {
  const place = `${levelName}/${versionName}`
  const level = parseLevel(levelName)
  const version = parseVersion(versionName)
  if (!level.ok || !version.ok) {
    return [{ id: `pod-security:${place}`, verdict: 'failed', reason: 'expected folders named by a level and a version' }]
  }
  const levelVersion: LevelVersion = { level: level.value, version: version.value }
  return foldersIn(join(root, place)).flatMap((expected) =>
    readdirSync(join(root, place, expected))
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file): Outcome => {
        const path = `${place}/${expected}/${file}`
        return {
          id: `pod-security:${path}`,
          ...verdictOf(join(root, path), levelVersion, expected === 'pass' ? undefined : familyOf(file)),
        }
      }),
  )
}

/** What the message about a fixture must have in it, by the id of its check in lower case. */
const families: Readonly<Record<string, string>> = {
  allowprivilegeescalation: 'allowPrivilegeEscalation',
  apparmorprofile: 'forbidden AppArmor profile',
  capabilities_baseline: 'capabilities',
  capabilities_restricted: 'unrestricted capabilities',
  hostnamespaces: 'host namespaces',
  hostpathvolumes: 'hostPath',
  hostports: 'hostPort',
  hostprobesandhostlifecycle: 'probe or lifecycle host',
  privileged: 'privileged',
  procmount: 'procMount',
  procmount_restricted: 'procMount',
  restrictedvolumes: 'restricted volume types',
  runasnonroot: 'runAsNonRoot',
  runasuser: 'runAsUser',
  seccompprofile_baseline: 'seccompProfile',
  seccompprofile_restricted: 'seccompProfile',
  selinuxoptions: 'seLinuxOptions',
  sysctls: 'forbidden sysctl',
  windowshostprocess: 'hostProcess',
}

const familyOf = (file: string): string => families[file.replace(/\d*\.yaml$/, '')] ?? `a family for ${file}`

/** `expected`: what must be found; undefined where the Pod must pass. */
function verdictOf(path: string, levelVersion: LevelVersion, expected: string | undefined): Verdict {
  const pod = podIn(path)
  if (pod === undefined) return { verdict: 'failed', reason: 'expected a Pod' }
  const { metadata, spec } = podParts(applyDefaults(pod))
  for (const mode of evaluationModes) {
    const problem = problemOf(evaluatePod(levelVersion, metadata, spec, mode), expected)
    if (problem !== undefined) return { verdict: 'failed', reason: `${mode}: ${problem}` }
  }
  return { verdict: 'passed' }
}

function podIn(path: string): KubeObject | undefined {
  const value = loadValue(readFileSync(path, 'utf8'))
  return value.ok && isKubeObject(value.value) ? value.value : undefined
}

function problemOf(violations: readonly CheckViolation[], expected: string | undefined): string | undefined {
  const found = detailsText(violations)
  if (expected === undefined) return found === '' ? undefined : `expected it to pass, found ${found}`
  if (found === '') return `expected "${expected}", but it passes`
  return found.includes(expected) ? undefined : `expected "${expected}", found ${found}`
}
