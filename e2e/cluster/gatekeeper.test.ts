import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from './cluster.ts'
import { startCluster, whyNoKubectl } from './cluster.ts'

if (whyNoKubectl !== undefined) process.stderr.write(`${whyNoKubectl}\n`)

const template = (kind: string, rego: string): string => `apiVersion: templates.gatekeeper.sh/v1beta1
kind: ConstraintTemplate
metadata:
  name: ${kind.toLowerCase()}
spec:
  crd:
    spec:
      names:
        kind: ${kind}
      validation:
        openAPIV3Schema:
          properties:
            prefixes:
              type: array
              items: string
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
${rego.replaceAll(/^/gm, '      ')}
`

const constraint = (kind: string, name: string, spec: string): string => `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: ${kind}
metadata:
  name: ${name}
spec:
${spec.replaceAll(/^/gm, '  ')}
`

const pod = (name: string, image: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
  - {name: main, image: ${image}}
`

const repositories = `package repositories

violation[{"msg": msg, "details": {}}] {
  container := input.review.object.spec.containers[_]
  good := [ok | prefix = input.parameters.prefixes[_]; ok = startswith(container.image, prefix)]
  not any(good)
  msg := sprintf("container <%v> has image <%v>, allowed are %v", [container.name, container.image, input.parameters.prefixes])
}`

const services = `package services

violation[{"msg": msg}] {
  other := data.inventory.namespace[namespace].v1.Service[name]
  not name == input.review.object.metadata.name
  other.spec.ports[_].port == input.review.object.spec.ports[_].port
  msg := sprintf("service <%v> of <%v> has the port already", [name, namespace])
}`

const service = (name: string, port: number): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  ports: [{port: ${port}}]
`

describe.skipIf(whyNoKubectl !== undefined)('Gatekeeper templates and constraints through kubectl', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.stop())

  const apply = (name: string, text: string) => cluster.kubectl('apply', '-f', cluster.file(`${name}.yaml`, text))
  const waitFor = (what: string, path: string): void => {
    const answer = cluster.kubectl('wait', `--for=jsonpath=${path}`, what, '--timeout=20s')
    expect(answer.status, answer.text).toBe(0)
  }

  /** A template and a constraint in force for as long as a test runs. */
  const withConstraint = (kind: string, name: string, texts: { readonly rego: string; readonly spec: string }, then: () => void): void => {
    const lower = kind.toLowerCase()
    expect(apply(lower, template(kind, texts.rego)).text).toBe(
      `Warning: the schema has \`items\` that is no schema: elements of the list may be anything\nconstrainttemplate.templates.gatekeeper.sh/${lower} created\n`,
    )
    waitFor(`constrainttemplate/${lower}`, '{.status.created}=true')
    cluster.kubectl('wait', '--for=condition=Established', `crd/${lower}.constraints.gatekeeper.sh`, '--timeout=20s')
    expect(apply(name, constraint(kind, name, texts.spec)).text).toBe(`${lower}.constraints.gatekeeper.sh/${name} created\n`)
    waitFor(`${lower}/${name}`, '{.status.byPod[0].enforced}=true')
    try {
      then()
    } finally {
      cluster.kubectl('delete', lower, name)
      cluster.kubectl('delete', 'constrainttemplate', lower)
    }
  }

  const pods = 'match:\n  kinds:\n  - apiGroups: [""]\n    kinds: [Pod]\n'

  test('a Pod is refused with the text of the constraint, and others are not', () => {
    const spec = `${pods}parameters: {prefixes: [nginx, quay.io/]}`
    withConstraint('Repositories', 'known-repositories', { rego: repositories, spec }, () => {
      expect(apply('bad', pod('bad', 'docker:latest'))).toEqual({
        status: 1,
        text:
          'Error from server (Forbidden): error when creating "bad.yaml": admission webhook "validation.gatekeeper.sh" denied the request: ' +
          '[known-repositories] container <main> has image <docker:latest>, allowed are ["nginx", "quay.io/"]\n',
      })
      expect(apply('good', pod('good', 'nginx:1.27')).text).toBe('pod/good created\n')
      cluster.kubectl('delete', 'pod', 'good')
      expect(cluster.kubectl('get', 'constraints').text).toMatch(/^NAME +ENFORCEMENT-ACTION +TOTAL-VIOLATIONS\nknown-repositories +deny/)
    })
  })

  test('a constraint that warns is told by kubectl', () => {
    const spec = `enforcementAction: warn\n${pods}parameters: {prefixes: [nginx]}`
    withConstraint('Warned', 'warned', { rego: repositories.replace('package repositories', 'package warned'), spec }, () => {
      expect(cluster.kubectl('run', 'warned', '--image=docker:latest', '--dry-run=server').text).toContain(
        'Warning: [warned] container <warned> has image <docker:latest>, allowed are ["nginx"]\n',
      )
    })
  })

  test('a constraint whose kind is not defined is told in the words of kubectl', () => {
    expect(apply('early', constraint('Early', 'early', 'parameters: {}')).text).toBe(
      'error: resource mapping not found for name: "early" namespace: "" from "early.yaml": no matches for kind "Early" in version "constraints.gatekeeper.sh/v1beta1"\nensure CRDs are installed first\n',
    )
  })

  test('what a SyncSet replicates can be asked for', () => {
    const sync =
      'apiVersion: syncset.gatekeeper.sh/v1alpha1\nkind: SyncSet\nmetadata: {name: services}\nspec:\n  gvks:\n  - {group: "", version: v1, kind: Service}\n'
    expect(apply('sync', sync).text).toBe('syncset.syncset.gatekeeper.sh/services created\n')
    const spec = 'match:\n  kinds:\n  - apiGroups: [""]\n    kinds: [Service]\n'
    withConstraint('UniquePorts', 'unique-ports', { rego: services, spec }, () => {
      expect(apply('one', service('one', 8080)).text).toBe('service/one created\n')
      expect(apply('two', service('two', 8080)).text).toContain('[unique-ports] service <one> of <default> has the port already')
      expect(apply('three', service('three', 9090)).text).toBe('service/three created\n')
      cluster.kubectl('delete', 'service', 'one', 'three')
    })
    cluster.kubectl('delete', 'syncset', 'services')
  })

  test('wrong templates, wrong constraints and labels that switch policies off are refused', () => {
    const refused = 'admission webhook "validation.gatekeeper.sh" denied the request: '
    expect(apply('wrong', template('Wrong', 'package wrong')).text).toContain(
      `${refused}invalid ConstraintTemplate: invalid rego: invalid module: missing required rules: [violation]`,
    )
    expect(apply('other', template('Other', repositories).replace('name: other', 'name: another')).text).toContain(
      `${refused}invalid ConstraintTemplate: the ConstraintTemplate's name "another" is not equal to the lowercase of CRD's Kind: "other"`,
    )
    expect(cluster.kubectl('label', 'namespace', 'default', 'admission.gatekeeper.sh/ignore=yes').text).toContain(
      'admission webhook "check-ignore-label.gatekeeper.sh" denied the request: Only exempt namespace can have the admission.gatekeeper.sh/ignore label',
    )
  })
})
