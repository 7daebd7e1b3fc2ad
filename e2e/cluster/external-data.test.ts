import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyPair } from '../../src/cluster/certificates.ts'
import { createAuthority, issueCertificate } from '../../src/cluster/certificates.ts'
import type { Cluster } from './cluster.ts'
import { clusterOf, startSandbox, whyNoKubectl } from './cluster.ts'

if (whyNoKubectl !== undefined) process.stderr.write(`${whyNoKubectl}\n`)

const template = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: signedimages}
spec:
  crd:
    spec:
      names: {kind: SignedImages}
      validation: {openAPIV3Schema: {type: object, properties: {provider: {type: string}}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package signedimages
      violation[{"msg": msg}] {
        images := [image | image := input.review.object.spec.containers[_].image]
        response := external_data({"provider": input.parameters.provider, "keys": images})
        failed(response)
        msg := sprintf("errors %v, failure <%v>, status %v", [response.errors, response.system_error, response.status_code])
      }
      failed(response) { count(response.errors) > 0 }
      failed(response) { response.system_error != "" }
`

const constraint = `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: SignedImages
metadata: {name: signed}
spec:
  match: {kinds: [{apiGroups: [""], kinds: [Pod]}], labelSelector: {matchLabels: {check: provider}}}
  parameters: {provider: images}
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: SignedImages
metadata: {name: nobody}
spec:
  match: {kinds: [{apiGroups: [""], kinds: [Pod]}], labelSelector: {matchLabels: {check: nobody}}}
  parameters: {provider: nobody}
`

const mutators = `apiVersion: mutations.gatekeeper.sh/v1
kind: Assign
metadata: {name: digest}
spec:
  applyTo: [{groups: [""], versions: [v1], kinds: [Pod]}]
  match: {labelSelector: {matchLabels: {mutate: digest}}}
  location: spec.containers[name:*].image
  parameters: {assign: {externalData: {provider: images, dataSource: ValueAtLocation}}}
---
apiVersion: mutations.gatekeeper.sh/v1
kind: AssignMetadata
metadata: {name: owner}
spec:
  match: {kinds: [{apiGroups: [""], kinds: [Pod]}], labelSelector: {matchLabels: {mutate: owner}}}
  location: metadata.annotations.owner
  parameters: {assign: {externalData: {provider: images, dataSource: Username}}}
---
apiVersion: mutations.gatekeeper.sh/v1
kind: Assign
metadata: {name: fallback}
spec:
  applyTo: [{groups: [""], versions: [v1], kinds: [Pod]}]
  match: {labelSelector: {matchLabels: {mutate: fallback}}}
  location: spec.containers[name:*].image
  parameters: {assign: {externalData: {provider: nobody, failurePolicy: UseDefault, default: "default:1"}}}
`

const providerText = (name: string, url: string, { certificate }: KeyPair): string => `apiVersion: externaldata.gatekeeper.sh/v1beta1
kind: Provider
metadata: {name: ${name}}
spec:
  url: ${url}
  timeout: 1
  caBundle: ${Buffer.from(certificate).toString('base64')}
`

const pod = (name: string, image: string, labels: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {${labels}}}
spec: {containers: [{name: main, image: "${image}"}]}
`

describe.skipIf(whyNoKubectl !== undefined)('external data of Gatekeeper through kubectl', () => {
  let cluster: Cluster
  let worker: Worker
  let authority: KeyPair
  let port: number

  beforeAll(async () => {
    const notBefore = new Date(Date.now() - 3_600_000)
    authority = await createAuthority('provider', notBefore, 2)
    const serving = await issueCertificate(authority, {
      commonName: 'provider',
      ipAddresses: ['127.0.0.1'],
      usage: 'server',
      notBefore,
      days: 2,
    })
    worker = new Worker(new URL('provider.ts', import.meta.url), { workerData: serving })
    port = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    const folder = mkdtempSync(join(tmpdir(), 'kanon-e2e-'))
    cluster = clusterOf(await startSandbox(folder), folder)
    const made = [
      apply('template', template),
      apply('images', providerText('images', `https://127.0.0.1:${port}/validate`, authority)),
      apply('nobody', providerText('nobody', 'https://127.0.0.1:1/validate', authority)),
      cluster.kubectl('wait', '--for=condition=Established', 'crd/signedimages.constraints.gatekeeper.sh', '--timeout=20s'),
      apply('constraint', constraint),
      apply('mutators', mutators),
      cluster.kubectl('wait', '--for=jsonpath={.status.byPod[0].active}=true', 'provider/images', 'provider/nobody', '--timeout=20s'),
      cluster.kubectl(
        'wait',
        '--for=jsonpath={.status.byPod[0].enforced}=true',
        'signedimages/signed',
        'signedimages/nobody',
        'assign/digest',
        'assign/fallback',
        'assignmetadata/owner',
        '--timeout=20s',
      ),
    ]
    for (const { status, text } of made) expect(status, text).toBe(0)
  }, 60_000)
  afterAll(async () => {
    await worker.terminate()
    await cluster.stop()
  })

  const apply = (name: string, text: string) => cluster.kubectl('apply', '-f', cluster.file(`${name}.yaml`, text))
  const refused = (name: string): string =>
    `Error from server (Forbidden): error when creating "${name}.yaml": admission webhook "validation.gatekeeper.sh" denied the request: `

  test('a Pod is refused for what a provider says, and another is not', () => {
    expect(apply('good', pod('good', 'nginx:1', 'check: provider')).text).toBe('pod/good created\n')
    expect(apply('bad', pod('bad', 'bad:1', 'check: provider')).text).toBe(
      `${refused('bad')}[signed] errors [["bad:1", "bad:1 is not signed"]], failure <>, status 200\n`,
    )
  })

  test('a provider that is not there is told to the template', () => {
    expect(apply('none', pod('none', 'nginx:1', 'check: nobody')).text).toBe(
      `${refused('none')}[nobody] errors [], failure <failed to send external data request: Post "https://127.0.0.1:1/validate": dial tcp 127.0.0.1:1: connect: connection refused>, status 500\n`,
    )
  })

  test('mutators write what providers say', () => {
    const imageOf = (name: string): string => cluster.kubectl('get', 'pod', name, '-o', 'jsonpath={.spec.containers[0].image}').text
    expect(apply('digest', pod('digest', 'nginx:1', 'mutate: digest')).text).toBe('pod/digest created\n')
    expect(imageOf('digest')).toBe('nginx:1@sha256:1')
    expect(apply('fallback', pod('fallback', 'nginx:1', 'mutate: fallback')).text).toBe('pod/fallback created\n')
    expect(imageOf('fallback')).toBe('default:1')
    expect(apply('owner', pod('owner', 'nginx:1', 'mutate: owner')).text).toBe('pod/owner created\n')
    expect(cluster.kubectl('get', 'pod', 'owner', '-o', 'jsonpath={.metadata.annotations.owner}').text).toMatch(/^user .+/)
  })

  test('a provider that cannot be asked is refused', () => {
    expect(apply('plain', providerText('plain', 'http://127.0.0.1:1', authority)).text).toContain(
      'admission webhook "validation.gatekeeper.sh" denied the request: only HTTPS scheme is supported for Providers',
    )
    const typed = providerText('typed', 'https://p', authority).replace('timeout: 1', 'timeout: soon')
    expect(apply('typed', typed).text).toContain(
      'spec.timeout: Invalid value: "string": spec.timeout in body must be of type integer: "string"',
    )
  })

  test('a provider that moves is asked where it is', () => {
    expect(apply('nobody', providerText('nobody', `https://127.0.0.1:${port}/validate`, authority)).text).toContain('configured')
    const labels = 'check: nobody'
    let answer = apply('moved', pod('moved', 'nginx:1', labels))
    for (let tries = 0; answer.status !== 0 && tries < 20; tries += 1) answer = apply('moved', pod('moved', 'nginx:1', labels))
    expect(answer.text).toBe('pod/moved created\n')
  })
})
