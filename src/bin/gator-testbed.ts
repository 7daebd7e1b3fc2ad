import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../cli/program.ts'
import { tools } from './tools.ts'

/** What tests of `kanon gator` are written with: a folder of files, and the program run in it. */

export const template = (
  kind: string,
  rego: string,
  properties = '{text: {type: string, default: said}, num: {type: integer}}',
): string => `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: ${kind.toLowerCase()}}
spec:
  crd:
    spec:
      names: {kind: ${kind}}
      validation:
        openAPIV3Schema:
          type: object
          properties: ${properties}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package x
${rego.replaceAll(/^/gm, '      ')}
`

const saying = template(
  'Say',
  `violation[{"msg": msg}] {
  input.review.kind.kind == "Pod"
  msg := sprintf("%v %v", [input.parameters.text, input.review.object.metadata.name])
}`,
)

/** A template in CEL, and in Rego as well where some is given. */
const native = (kind: string, rego = ''): string => `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: ${kind.toLowerCase()}}
spec:
  crd: {spec: {names: {kind: ${kind}}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    code:
    - engine: K8sNativeValidation
      source: {validations: [{expression: "object.kind != 'Pod'", message: in CEL}]}
${rego === '' ? '' : `    - {engine: Rego, source: {rego: ${JSON.stringify(rego)}}}`}
`

export const constraint = (name: string, spec = '{parameters: {text: "no <b>"}}', kind = 'Say'): string => `---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: ${kind}
metadata: {name: ${name}}
spec: ${spec}
`

/** After another document. */
export const pod = '---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n'

export const pods = `apiVersion: v1
kind: Pod
metadata: {name: b, namespace: ns}
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {big: 1234567}
`

export const expansion = `apiVersion: expansion.gatekeeper.sh/v1alpha1
kind: ExpansionTemplate
metadata: {name: deploys}
spec:
  applyTo: [{groups: [apps], kinds: [Deployment], versions: [v1]}]
  templateSource: spec.template
  enforcementAction: warn
  generatedGVK: {group: "", kind: Pod, version: v1}
`

export const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: ns}
spec: {template: {metadata: {labels: {app: x}}, spec: {containers: [{name: c, image: "nginx:1"}]}}}
`

/** A template that says which kinds have to be synced. */
const needy = (requirements: string): string => `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: needy
  annotations:
    metadata.gatekeeper.sh/requires-sync-data: |
      "${requirements}"
`

const supporting = (groups: string): string =>
  `apiVersion: gvkmanifest.gatekeeper.sh/v1alpha1\nkind: GVKManifest\nmetadata: {name: g}\nspec: {groups: ${groups}}\n`

const files: Readonly<Record<string, string>> = {
  'policy.yaml': `${saying}${constraint('c1')}`,
  'template.yaml': saying,
  'cel.yaml': `${native('Native')}${constraint('n1', '{}', 'Native')}`,
  'both.yaml': `${native('Both', 'package x\nviolation[{"msg": "in Rego"}] { input.review.kind.kind == "Pod" }')}${constraint('b1', '{}', 'Both')}${constraint('b2', '{}', 'Both')}`,
  'alone-cel.yaml': native('Native'),
  'orphan.yaml': constraint('alone', '{}', 'Orphan'),
  'constraint.yaml': constraint('c1'),
  'pods.yaml': pods,
  'dir/b.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"j"}}',
  'dir/a/x.yml': saying,
  'dir/a/y.yaml': constraint('c2', '{enforcementAction: dryrun, parameters: {}}'),
  'dir/ignored.txt': 'a: [',
  'warn.yaml': constraint('w', '{enforcementAction: warn, parameters: {text: aaa}}'),
  'scoped.yaml': constraint(
    'sc',
    '{enforcementAction: scoped, parameters: {text: s}, scopedEnforcementActions: [{action: warn, enforcementPoints: [{name: "*"}]}, {action: deny, enforcementPoints: [{name: gator.gatekeeper.sh}]}]}',
  ),
  'elsewhere.yaml': constraint(
    'sc',
    '{enforcementAction: scoped, parameters: {text: s}, scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: audit.gatekeeper.sh}]}]}',
  ),
  'float.yaml': constraint('f', '{parameters: {num: 1000000}}', 'Num'),
  'num.yaml': template('Num', 'violation[{"msg": msg}] { msg := sprintf("%v", [input.parameters.num]) }'),
  'wrong.yaml': constraint('bad', '{parameters: {num: x}}'),
  'unknown.yaml': constraint('unk', '{foo: 1, match: {kind: []}}'),
  'unsafe.yaml': template('Say', 'violation[{"msg": "m"}] { y }'),
  'number.yaml': template('Say', 'violation[{"msg": msg}] { msg := 1 }'),
  'nokind.yaml': 'apiVersion: v1\nmetadata: {name: x}\n',
  'scalar.yaml': 'hello\n',
  'empty.yaml': '# nothing\n---\n',
  'expansion.yaml': expansion,
  'noexpansion.yaml': expansion.replace('spec.template', '""'),
  'deployment.yaml': deployment,
  'inside.yaml': constraint('in', '{match: {namespaces: [other]}, parameters: {}}'),
  'needy.yaml': needy(
    '[[{"groups":[""],"versions":["v1"],"kinds":["Service"]}],[{"groups":["a"],"versions":["v1"],"kinds":["B","C"]},{"groups":["z"],"versions":["v1"],"kinds":["Z"]}]]',
  ),
  'misshapen.yaml': needy('{}'),
  'synced.yaml': `apiVersion: syncset.gatekeeper.sh/v1alpha1
kind: SyncSet
metadata: {name: s}
spec: {gvks: [{group: a, version: v1, kind: C}]}
---
apiVersion: config.gatekeeper.sh/v1alpha1
kind: Config
metadata: {name: config, namespace: gatekeeper-system}
spec: {sync: {syncOnly: [{group: "", version: v1, kind: Service}]}}
`,
  'supported.yaml': supporting('{"": {v1: [Service]}, a: {v1: [C]}}'),
  'unsupported.yaml': supporting('{"": {v1: [Service]}, a: {v1: [B]}}'),
  'one.yaml': '{apiVersion: v1, kind: Pod, metadata: {name: one}}',
  'suite.yaml': `apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
metadata: {name: s}
tests:
- name: first
  template: template.yaml
  constraint: constraint.yaml
  cases:
  - {name: good, object: one.yaml, assertions: [{violations: yes, message: one}]}
  - {name: bad, object: one.yaml, assertions: [{violations: no}]}
  - {name: rest, skip: true, object: one.yaml, assertions: [{violations: 1}]}
  - {name: many, object: pods.yaml, assertions: [{violations: 1}]}
  - {name: none, object: nothere.yaml, assertions: [{violations: 1}]}
- {name: later, skip: true, template: template.yaml, constraint: constraint.yaml}
- {name: invalid, template: template.yaml, constraint: wrong.yaml, invalid: true}
- {name: valid, template: template.yaml, constraint: constraint.yaml, invalid: true}
- {name: unsafe, template: unsafe.yaml, constraint: constraint.yaml}
- {name: swapped, template: constraint.yaml, constraint: template.yaml}
- {name: lacking, constraint: constraint.yaml}
`,
  'deep/ok.yaml': `apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
tests:
- {name: expands, template: ../template.yaml, constraint: ../constraint.yaml, expansion: ../expansion.yaml, cases: [{name: c, object: ../deployment.yaml, assertions: [{violations: 1, message: "Implied by deploys"}]}]}
`,
  'deep/more/skipped.yml': 'apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\nskip: true\ntests: [{name: x}]\n',
  'broken/tests.yaml': 'apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\ntests: 4\n',
}

export const cwd = mkdtempSync(join(tmpdir(), 'kanon-gator-'))
for (const [name, text] of Object.entries(files)) {
  mkdirSync(dirname(join(cwd, name)), { recursive: true })
  writeFileSync(join(cwd, name), text)
}
export const rooted = cwd.slice(1)

export interface Answer {
  readonly status: number
  readonly out: string
  readonly err: string
}

export async function call(args: readonly string[], input = ''): Promise<Answer> {
  const [out, err]: [string[], string[]] = [[], []]
  const status = await run(['gator', ...args], {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    isTerminal: false,
    color: false,
    cwd,
    readStdin: () => Promise.resolve(input),
    now: () => new Date(2024, 0, 2, 3, 4, 5),
    version: '0',
    loadTools: () => Promise.resolve(tools),
    loadCluster: () => Promise.reject(new Error('no cluster')),
    untilStopped: () => Promise.resolve(),
    flush: () => undefined,
    kubeconfigFiles: [],
    inClusterServer: undefined,
  })
  return { status, out: out.join(''), err: err.join('') }
}

/** Arguments in one text; files of `-f` only by their first name. */
export const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '')
