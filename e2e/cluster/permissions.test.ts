import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundle, clusterOf, startSandbox, whyNoKubectl } from './cluster.ts'

const guide = readFileSync(join(import.meta.dirname, '../../docs/guide/admission.md'), 'utf8')
const permissions = /```yaml\n(apiVersion: rbac[\s\S]+?)```/.exec(guide)?.[1] ?? ''

const template = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: never}
spec:
  crd: {spec: {names: {kind: Never}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package never
      violation[{"msg": "no"}] { input.review.object.metadata.labels.bad }
`
const constraint = `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Never
metadata: {name: never}
spec: {match: {kinds: [{apiGroups: [""], kinds: [ConfigMap]}]}}
`
const policy = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: labels}
spec:
  background: false
  rules:
  - name: labels
    match: {any: [{resources: {kinds: [Secret]}}]}
    validate: {failureAction: Enforce, message: no, pattern: {metadata: {labels: {ok: "?*"}}}}
`

test.skipIf(whyNoKubectl !== undefined)(
  'with the permissions of the guide a service account may do all that is needed',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kanon-e2e-'))
    const cluster = clusterOf(await startSandbox(folder, '--api-only'), folder)
    const kubectl = (...args: readonly string[]): string => {
      const { status, text } = cluster.kubectl(...args)
      expect(status, text).toBe(0)
      return text
    }
    kubectl('create', 'namespace', 'kanon')
    kubectl('create', 'serviceaccount', 'kanon', '-n', 'kanon')
    kubectl('apply', '-f', cluster.file('permissions.yaml', permissions))
    const server = kubectl('config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}')
    const authority = kubectl('config', 'view', '--raw', '--minify', '-o', 'jsonpath={.clusters[0].cluster.certificate-authority-data}')
    writeFileSync(join(folder, 'ca.crt'), Buffer.from(authority, 'base64'))
    writeFileSync(join(folder, 'token'), kubectl('create', 'token', 'kanon', '-n', 'kanon', '--duration=1h').trim())
    const credentials = ['--server', server, '--certificate-authority', 'ca.crt', '--token-file', 'token']
    const kanon = spawn(
      process.execPath,
      [bundle, 'admission', ...credentials, '--host', '127.0.0.1', '--port', '0', '--by-url', '--install-definitions'],
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const ended = new Promise((resolve) => kanon.once('exit', resolve))
    let log = ''
    kanon.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
    try {
      const shell = cluster.shell(
        'for i in $(seq 100); do kubectl get crd clusterpolicies.kyverno.io constrainttemplates.templates.gatekeeper.sh >/dev/null 2>&1 && break; sleep 0.1; done',
      )
      expect(shell.status).toBe(0)
      kubectl('apply', '-f', cluster.file('policy.yaml', policy))
      kubectl('apply', '-f', cluster.file('template.yaml', template))
      kubectl('wait', '--for=jsonpath={.status.created}=true', 'constrainttemplate/never', '--timeout=20s')
      kubectl('apply', '-f', cluster.file('constraint.yaml', constraint))
      kubectl('wait', '--for=jsonpath={.status.byPod[0].enforced}=true', 'never/never', '--timeout=20s')
      kubectl('wait', '--for=condition=Ready', 'clusterpolicy/labels', '--timeout=20s')
      expect(cluster.kubectl('create', 'secret', 'generic', 's').text).toContain(
        'admission webhook "validate.kyverno.svc-fail" denied the request',
      )
    } finally {
      kanon.kill('SIGTERM')
      await ended
      await cluster.stop()
    }
    const troubles = log.split('\n').filter((line) => /forbidden|"level":(?:40|50)/i.test(line))
    expect(troubles).toEqual([])
  },
  60_000,
)
