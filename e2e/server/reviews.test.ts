import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { kyverno } from '../../src/dialects/kyverno/dialect.ts'
import type { Dialect } from '../../src/policy/dialect.ts'
import { at, clusterPolicy, configMap } from './server.ts'
import { allowed, denial, green, red, review, silentWorld } from './webhook.ts'
import { webhooksPerTest } from './webhooks-per-test.ts'

const { start } = webhooksPerTest()

describe('reviews', () => {
  test.each(['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'])('%s is answered in its own version with the uid', async (apiVersion) => {
    const { post } = await start()
    const { json } = await post('/validate', review({ object: green }, apiVersion))
    expect(json).toEqual({ kind: 'AdmissionReview', apiVersion, response: { uid: 'u-1', allowed: true } })
  })

  test('a refusal carries the message of upstream and code 400', async () => {
    const { post } = await start()
    const { json } = await post('/validate', review())
    expect(at(json, 'response', 'status')).toEqual({
      status: 'Failure',
      message:
        "\n\nresource ConfigMap/default/a was blocked due to the following policies \n\nno-red:\n  colour: 'validation error: red is not allowed. rule colour failed at path /data/colour/'\n",
      code: 400,
    })
  })

  test('a dry run is decided like any request', async () => {
    const { post } = await start()
    expect(allowed(await post('/validate', review({ dryRun: true })))).toBe(false)
    expect(allowed(await post('/validate', review({ dryRun: true, object: green })))).toBe(true)
  })

  const keep = clusterPolicy('keep', {
    match: { operations: ['DELETE'] },
    validate: {
      failureAction: 'Enforce',
      message: '{{request.oldObject.metadata.name}} stays',
      deny: { conditions: { any: [{ key: '{{request.oldObject.data.colour}}', operator: 'Equals', value: 'red' }] } },
    },
  })

  test('DELETE has only the old object', async () => {
    const { post } = await start({ policies: [keep] })
    const deletion = { operation: 'DELETE', object: null, oldObject: red }
    expect(denial(await post('/validate', review(deletion)))).toContain('colour: a stays\n')
    expect(allowed(await post('/validate', review({ ...deletion, oldObject: green })))).toBe(true)
    expect(allowed(await post('/validate', review()))).toBe(true)
  })

  test('CONNECT shows the options of the connection, and matches the resource with its subresource', async () => {
    const noExec = clusterPolicy('no-exec', {
      kinds: ['Pod/exec'],
      validate: {
        failureAction: 'Enforce',
        message: 'nobody enters',
        deny: { conditions: { any: [{ key: '{{request.operation}}', operator: 'Equals', value: 'CONNECT' }] } },
      },
    })
    const { post } = await start({ policies: [noExec] })
    const connection = {
      operation: 'CONNECT',
      kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'exec',
      object: { kind: 'PodExecOptions', apiVersion: 'v1', command: ['sh'] },
    }
    expect(denial(await post('/validate', review(connection)))).toContain('resource PodExecOptions/default/a was blocked')
    expect(allowed(await post('/validate', review({ ...connection, subResource: 'attach' })))).toBe(true)
  })

  test('a subresource is not its resource', async () => {
    const frozen = clusterPolicy('frozen', {
      kinds: ['Pod'],
      validate: { failureAction: 'Enforce', message: 'no', pattern: { metadata: { labels: { ok: '?*' } } } },
    })
    const { post } = await start({ policies: [frozen] })
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }
    const update = {
      operation: 'UPDATE',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      object: pod,
      oldObject: pod,
    }
    expect(allowed(await post('/validate', review({ ...update, operation: 'CREATE', oldObject: null })))).toBe(false)
    expect(allowed(await post('/validate', review({ ...update, subResource: 'status' })))).toBe(true)
  })

  test('a mutation is a JSON patch, and none where nothing changes', async () => {
    const mutate = clusterPolicy('add')
    const rule = { name: 'colour', match: { any: [{ resources: { kinds: ['ConfigMap'] } }] } }
    const spec = { rules: [{ ...rule, mutate: { patchStrategicMerge: { metadata: { labels: { '+(team)': 'a' } } } } }] }
    const { post } = await start({ policies: [{ ...mutate, spec }] })
    const { json } = await post('/mutate', review())
    expect(at(json, 'response', 'patchType')).toBe('JSONPatch')
    const patch = JSON.parse(Buffer.from(String(at(json, 'response', 'patch')), 'base64').toString()) as unknown
    expect(patch).toEqual([{ op: 'add', path: '/metadata/labels', value: { team: 'a' } }])
    const labelled = configMap('a', { metadata: { name: 'a', labels: { team: 'b' } } })
    expect((await post('/mutate', review({ object: labelled }))).json['response']).toEqual({ uid: 'u-1', allowed: true })
  })
})

describe('policies that fail', () => {
  const lookup = (spec: JsonObject): JsonObject => ({
    ...clusterPolicy('lookup'),
    spec: {
      ...spec,
      background: false,
      rules: [
        {
          name: 'colour',
          match: { any: [{ resources: { kinds: ['ConfigMap'] } }] },
          context: [{ name: 'known', configMap: { name: 'colours', namespace: 'default' } }],
          validate: {
            failureAction: 'Enforce',
            message: 'no',
            deny: { conditions: { any: [{ key: '{{known.data.allowed}}', operator: 'NotEquals', value: 'green' }] } },
          },
        },
      ],
    },
  })
  const throwing: Dialect = {
    ...kyverno,
    compile: (manifests) => {
      const compiled = kyverno.compile(manifests)
      const policies = compiled.policies.map((policy) => ({
        ...policy,
        evaluate: (): never => {
          throw new Error('out of ideas')
        },
      }))
      return { ...compiled, policies }
    },
  }

  test('one that errs denies', async () => {
    const { post } = await start({ policies: [lookup({ failurePolicy: 'Fail' })] })
    const reply = await post('/validate', review({ object: green }))
    expect(allowed(reply)).toBe(false)
    expect(denial(reply)).toContain('there is no cluster')
  })

  test('one that errs and may be ignored lets the request pass', async () => {
    const { post } = await start({ policies: [lookup({ failurePolicy: 'Ignore' })] })
    expect(allowed(await post('/validate', review({ object: green })))).toBe(true)
  })

  test('one that throws denies alone, and the log says which', async () => {
    const webhook = await start({ dialect: throwing })
    const reply = await webhook.post('/validate', review({ object: green }))
    expect(reply.status).toBe(200)
    expect(denial(reply)).toContain('internal error: out of ideas')
    expect(webhook.entries.map(({ message }) => message)).toContain('bug in no-red')
    expect(allowed(await webhook.post('/mutate', review({ object: green })))).toBe(true)
  })

  test('one that throws and may be ignored lets the request pass', async () => {
    const { post } = await start({ dialect: throwing, policies: [clusterPolicy('no-red', { spec: { failurePolicy: 'Ignore' } })] })
    expect(allowed(await post('/validate', review({ object: green })))).toBe(true)
  })

  test('one that waits for ever is answered before the API server gives up: 504, no verdict', async () => {
    const webhook = await start({ policies: [lookup({})], source: silentWorld })
    const reply = await webhook.post('/validate?timeout=0.3s', review())
    expect(reply.status).toBe(504)
    expect(reply.text).toBe('the review took longer than 200 ms\n')
    expect(webhook.entries.map(({ message }) => message)).toContain('review took too long')
  })
})
