import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { columnTexts, otherColumns } from './column-texts.ts'
import { coreDescriptions } from './core-descriptions.ts'
import { otherDescriptions } from './other-descriptions.ts'

export interface Column {
  readonly name: string
  readonly type: string
  /** `name` for the column that names the object. */
  readonly format: string
  readonly description: string
  /** 0 is always shown, others with `-o wide`. */
  readonly priority: number
}

/** What a table shows of one kind of objects. */
export interface TableShape {
  readonly columns: readonly Column[]
  readonly cells: (object: KubeObject, now: Date) => readonly Json[]
}

/** The documentation of `metadata.name`. */
const nameDescription =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names'
/** The documentation of `metadata.creationTimestamp`. */
const creationDescription =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata'

const everywhere: Readonly<Record<string, string>> = {
  Name: nameDescription,
  Age: creationDescription,
  'Created At': creationDescription,
  Containers: 'The names of the containers of the template.',
  Images: 'The images of the containers of the template.',
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(record, key) ? record[key] : undefined)

/** `Ready`, `Count:integer`, `IP*` (shown with `-o wide`). */
function readColumn(written: string, descriptions: Readonly<Record<string, string>>): Column {
  const wide = written.endsWith('*')
  const [name = '', type = 'string'] = (wide ? written.slice(0, -1) : written).split(':')
  return {
    name,
    type: type === 'name' ? 'string' : type,
    format: type === 'name' ? 'name' : '',
    description: own(descriptions, name) ?? own(everywhere, name) ?? '',
    priority: wide ? 1 : 0,
  }
}

/** The columns of a resource, given as `group/resource`. */
export function columnsOf(key: string): readonly Column[] {
  const descriptions = own(coreDescriptions, key) ?? own(otherDescriptions, key) ?? {}
  return (own(columnTexts, key) ?? otherColumns).split('|').map((written) => readColumn(written, descriptions))
}

export const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', description: nameDescription, priority: 0 }
export const ageColumn: Column = { name: 'Age', type: 'date', format: '', description: creationDescription, priority: 0 }

/** As Kubernetes orders the keys. */
export const columnJson = ({ name, type, format, description, priority }: Column): JsonObject => ({
  name,
  type,
  format,
  description,
  priority,
})
