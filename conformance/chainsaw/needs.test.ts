import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { needsMore } from './needs.ts'
import { readTests } from './test-file.ts'

/** What a test with one step needs, beside files of its folder. */
function needsOf(step: string, files: Readonly<Record<string, string>>): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'chainsaw-needs-'))
  try {
    const file = join(folder, 'chainsaw-test.yaml')
    writeFileSync(file, `apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: a}\nspec: {steps: [${step}]}\n`)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const tests = readTests(file)
    if (!tests.ok) return tests.error
    return tests.value.map(needsMore).find((reason) => reason !== undefined)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const policy = (rule: string): Readonly<Record<string, string>> => ({
  'a.yaml': `{apiVersion: kyverno.io/v1, kind: ClusterPolicy, spec: {rules: [${rule}]}}`,
})
const applied = '{try: [{apply: {file: a.yaml}}]}'

test.each([
  ['a pattern', applied, policy('{validate: {pattern: {}}}'), undefined],
  ['CEL in a rule', applied, policy('{validate: {cel: {}}}'), 'validate.cel'],
  ['CEL where it is no rule', applied, { 'a.yaml': '{apiVersion: v1, kind: ConfigMap, data: {validate: {cel: {}}}}' }, undefined],
  ['an empty list', applied, policy('{verifyImages: [], validate: {pattern: {}}}'), undefined],
  ['targets', applied, policy('{mutate: {targets: [{}]}}'), 'mutation of existing objects'],
  ['a registry in an inner context', applied, policy('{validate: {foreach: [{context: [{name: x, imageRegistry: {}}]}]}}'), 'a registry'],
  ['policies of a later group', applied, { 'a.yaml': '{apiVersion: policies.kyverno.io/v1, kind: ValidatingPolicy}' }, 'CEL policies'],
  ['a kind of another group', applied, { 'a.yaml': '{apiVersion: example.com/v1, kind: Event}' }, undefined],
  [
    'reports that are referred to',
    '{try: [{delete: {ref: {apiVersion: wgpolicyk8s.io/v1alpha2, kind: PolicyReport, name: x}}}]}',
    {},
    'reports',
  ],
  [
    'a manifest in the step',
    '{try: [{assert: {resource: {apiVersion: kyverno.io/v2, kind: UpdateRequest}}}]}',
    {},
    'generation and mutation of existing objects',
  ],
  ['a file that is not there', applied, {}, 'a file that the data does not have'],
  [
    'a file that a binding names',
    '{bindings: [{name: f, value: b.yaml}], try: [{apply: {file: ($f)}}]}',
    {},
    'a file that the data does not have',
  ],
  ['a script that is not there', '{try: [{script: {content: "./run.sh x"}}]}', {}, 'a file that the data does not have'],
  ['a script that is', '{try: [{script: {content: "./run.sh x"}}]}', { 'run.sh': '' }, undefined],
  ['an argument that is no program', '{try: [{script: {content: "kubectl apply -f ./x.yaml"}}]}', {}, undefined],
  ['a program of the network', '{try: [{script: {content: "helm install x"}}]}', {}, 'the network'],
] as const)('%s', (_, step, files, reason) => {
  expect(needsOf(step, files)).toBe(reason)
})
