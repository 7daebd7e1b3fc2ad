import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { generateKeyPairSync } from 'node:crypto'
import { createAuthority, issueCertificate } from '../../src/cluster/certificates.ts'
import type { Backend } from './cluster.ts'

const day = 86_400_000

/** A port that nothing listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${what} does not come up`)
}

/** etcd and kube-apiserver from a folder of binaries (the convention of controller test environments), with Kanon beside them. */
export async function startTestEnvironment(assets: string, folder: string, bundle: string): Promise<Backend> {
  const [etcdPort, peerPort, apiPort, webhookPort] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const start = new Date(Date.now() - day)
  const authority = await createAuthority('kanon-e2e', start, 30)
  const server = await issueCertificate(authority, {
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'kubernetes.default.svc'],
    ipAddresses: ['127.0.0.1', '10.0.0.1'],
    usage: 'server',
    notBefore: start,
    days: 30,
  })
  const admin = await issueCertificate(authority, {
    commonName: 'admin',
    organizations: ['system:masters'],
    usage: 'client',
    notBefore: start,
    days: 30,
  })
  const accounts = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  mkdirSync(join(folder, 'etcd'), { recursive: true })
  const ca = put('ca.crt', authority.certificate)
  const accountKey = put('sa.key', accounts.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const accountPublic = put('sa.pub', accounts.publicKey.export({ type: 'spki', format: 'pem' }).toString())
  const children: ChildProcess[] = []
  const run = (file: string, args: readonly string[]): void => {
    children.push(spawn(file, [...args], { stdio: 'ignore' }))
  }
  run(join(assets, 'etcd'), [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${etcdPort}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    '--unsafe-no-fsync',
  ])
  await until(() => reachable(etcdPort), 'etcd')
  run(join(assets, 'kube-apiserver'), [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${apiPort}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${folder}`,
    `--tls-cert-file=${put('server.crt', server.certificate)}`,
    `--tls-private-key-file=${put('server.key', server.key)}`,
    `--client-ca-file=${ca}`,
    `--service-account-key-file=${accountPublic}`,
    `--service-account-signing-key-file=${accountKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    // There is no controller manager: nobody makes service accounts, or finds a new node ready.
    '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
  ])
  await until(() => reachable(apiPort), 'kube-apiserver')
  const url = `https://127.0.0.1:${apiPort}`
  const [certificate, key] = [put('admin.crt', admin.certificate), put('admin.key', admin.key)]
  const kubeconfig = put(
    'kubeconfig',
    `apiVersion: v1
kind: Config
clusters: [{name: e2e, cluster: {server: '${url}', certificate-authority: '${ca}'}}]
users: [{name: e2e, user: {client-certificate: '${certificate}', client-key: '${key}'}}]
contexts: [{name: e2e, context: {cluster: e2e, user: e2e}}]
current-context: e2e
`,
  )
  const credentials = ['--server', url, '--certificate-authority', ca, '--client-certificate', certificate, '--client-key', key]
  run(process.execPath, [
    bundle,
    'admission',
    ...credentials,
    '--host',
    '127.0.0.1',
    '--port',
    String(webhookPort),
    '--by-url',
    '--install-definitions',
  ])
  await until(() => reachable(webhookPort), 'kanon admission')
  return {
    kubeconfig,
    stop: async () => {
      for (const child of children.toReversed()) {
        const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
        child.kill('SIGTERM')
        const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
        await ended
        clearTimeout(timer)
      }
    },
  }
}
