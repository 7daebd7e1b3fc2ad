import { describe, expect, test } from 'vitest'
import { createAuthority, issueCertificate } from '../../src/cluster/certificates.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { FactSource } from '../../src/policy/facts.ts'
import { clusterPolicy, configMap, httpsClient, until } from './server.ts'
import { allowed, denial, green, notBefore, review, serverRequest } from './webhook.ts'
import { webhooksPerTest } from './webhooks-per-test.ts'

const { start, closeAfterwards } = webhooksPerTest()

describe('load, shutdown and the pages for machines', () => {
  const waiting = {
    ...clusterPolicy('waiting'),
    spec: {
      rules: [
        {
          name: 'colour',
          match: { any: [{ resources: { kinds: ['ConfigMap'] } }] },
          context: [{ name: 'known', configMap: { name: 'colours', namespace: 'default' } }],
          validate: {
            failureAction: 'Enforce',
            message: 'not {{known.data.allowed}}',
            deny: { conditions: { any: [{ key: '{{known.data.allowed}}', operator: 'Equals', value: 'green' }] } },
          },
        },
      ],
    },
  } satisfies JsonObject

  /** A world that answers when it is told to. */
  function heldWorld(): { readonly source: FactSource; readonly release: () => void; readonly asked: () => number } {
    let release: () => void = () => undefined
    let asked = 0
    const held = new Promise<void>((resolve) => (release = resolve))
    const value = { ...configMap('colours'), data: { allowed: 'green' } }
    const source: FactSource = {
      fetch: async () => {
        asked += 1
        await held
        return { known: true, value }
      },
    }
    return { source, release, asked: () => asked }
  }

  test('past its limit of running reviews the server sheds, counts it, and recovers', async () => {
    const world = heldWorld()
    const webhook = await start({ policies: [waiting], source: world.source, limits: { mostRunning: 2 } })
    const running = [webhook.post('/validate', review()), webhook.post('/validate', review())]
    await until('two running reviews', () => world.asked() === 2)
    const shed = await webhook.post('/validate', review())
    expect(shed).toMatchObject({ status: 503, text: 'too many reviews are running\n' })
    expect(shed.headers['retry-after']).toBe('1')
    expect((await webhook.get('/health/liveness')).status).toBe(200)
    world.release()
    for (const reply of await Promise.all(running)) expect(denial(reply)).toContain('not green')
    expect((await webhook.post('/validate', review())).status).toBe(200)
    expect((await webhook.get('/metrics')).text).toContain('kanon_admission_requests_shed_total 1\n')
  })

  test('a server that ends answers what it has begun, is not ready, and takes nothing new', async () => {
    const world = heldWorld()
    const webhook = await start({ policies: [waiting], source: world.source, limits: { drainMilliseconds: 100 } })
    const begun = webhook.post('/validate', review())
    await until('a running review', () => world.asked() === 1)
    const closed = webhook.close()
    expect(await webhook.get('/health/readiness')).toMatchObject({ status: 503, text: 'shutting down\n' })
    const last = await webhook.get('/health/liveness')
    expect([last.status, last.headers.connection]).toEqual([200, 'close'])
    world.release()
    expect(denial(await begun)).toContain('not green')
    await closed
    await expect(webhook.get('/health/liveness')).rejects.toThrow('ECONNREFUSED')
  })

  test('it is alive at once and ready when its policies are there', async () => {
    let why: string | undefined = 'the policies are not loaded yet'
    const { get } = await start({ whyNotReady: () => why })
    expect(await get('/health/liveness')).toMatchObject({ status: 200, text: 'ok\n' })
    expect(await get('/health/readiness')).toMatchObject({ status: 503, text: 'the policies are not loaded yet\n' })
    why = undefined
    expect(await get('/health/readiness')).toMatchObject({ status: 200, text: 'ok\n' })
  })

  test('metrics have the names of upstream', async () => {
    const { post, get } = await start()
    await post('/validate', review())
    await post('/validate', review({ object: green }))
    await post('/validate', 'nonsense')
    const { text, headers } = await get('/metrics')
    expect(headers['content-type']).toContain('text/plain')
    const labels = 'resource_kind="ConfigMap",resource_request_operation="create"'
    expect(text).toContain(`kyverno_admission_requests_total{${labels},request_allowed="false"} 1\n`)
    expect(text).toContain(`kyverno_admission_requests_total{${labels},request_allowed="true"} 1\n`)
    expect(text).toContain(`kyverno_admission_review_duration_seconds_count{${labels},request_allowed="false"} 1\n`)
    expect(text).toMatch(
      /kyverno_policy_results_total\{policy_name="no-red",policy_type="cluster",rule_name="colour",rule_result="fail",[^}]+\} 1\n/,
    )
    expect(text).toMatch(
      /kyverno_policy_results_total\{policy_name="no-red",policy_type="cluster",rule_name="colour",rule_result="pass",[^}]+\} 1\n/,
    )
    expect(text).toContain('kyverno_http_requests_total{http_url="/validate",status="400"} 1\n')
    expect(text).toContain('kyverno_info{version="1.2.3"} 1\n')
  })

  test('paths that clients make up do not fill the metrics', async () => {
    const { post, get } = await start()
    for (let i = 0; i < 20; i += 1) await post(`/made-up-${i}`, review())
    for (let i = 0; i < 20; i += 1) await post(`/validate/made-up-${i}`, 'nonsense')
    expect((await get('/metrics')).text.match(/made-up/g) ?? []).toHaveLength(0)
  })

  test('a renewed certificate serves new connections, those that are open go on', async () => {
    const webhook = await start()
    expect(allowed(await webhook.post('/validate', review()))).toBe(false)
    const next = await createAuthority('next', notBefore, 30)
    webhook.useCertificate(await issueCertificate(next, serverRequest))
    expect(allowed(await webhook.post('/validate', review()))).toBe(false)
    const fresh = httpsClient(webhook.url, next.certificate)
    closeAfterwards(fresh)
    expect((await fresh.ask({ path: '/health/liveness' })).status).toBe(200)
    const old = httpsClient(webhook.url, webhook.authority.certificate)
    closeAfterwards(old)
    await expect(old.ask({ path: '/health/liveness' })).rejects.toThrow(/certificate/)
  })
})
