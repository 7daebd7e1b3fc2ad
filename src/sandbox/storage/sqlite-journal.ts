import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Journal } from './store.ts'

/** One row an object, in `DIRECTORY/sandbox.db`. A write returns when the change is in SQLite's write-ahead log, so that a killed process loses nothing. */
export function openJournal(directory: string): Journal {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'sandbox.db')
  try {
    return openFile(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${file} cannot be opened: ${why}; remove the directory to start anew`, { cause: error })
  }
}

function openFile(file: string): Journal {
  const database = new DatabaseSync(file)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS objects (
      api_group TEXT NOT NULL, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, object TEXT NOT NULL,
      PRIMARY KEY (api_group, resource, namespace, name)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS revision (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), value INTEGER NOT NULL);
  `)
  const put = database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)')
  const remove = database.prepare('DELETE FROM objects WHERE api_group = ? AND resource = ? AND namespace = ? AND name = ?')
  const advance = database.prepare('INSERT OR REPLACE INTO revision VALUES (1, ?)')
  return {
    load: () => {
      const row = database.prepare('SELECT value FROM revision').get()
      const rows = database.prepare('SELECT api_group, resource, object FROM objects').all()
      return {
        revision: Number(row?.['value'] ?? 0),
        entries: rows.map((entry) => ({
          of: { group: String(entry['api_group']), resource: String(entry['resource']) },
          object: JSON.parse(String(entry['object'])) as KubeObject,
        })),
      }
    },
    write: ({ type, of, object, revision }) => {
      database.exec('BEGIN')
      const place = [of.group, of.resource, namespaceOf(object), nameOf(object)] as const
      if (type === 'DELETED') remove.run(...place)
      else put.run(...place, JSON.stringify(object))
      advance.run(revision)
      database.exec('COMMIT')
    },
    close: () => database.close(),
  }
}
