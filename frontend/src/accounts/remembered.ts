import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Me } from './me'

interface Schema extends DBSchema {
  me: { key: 'me'; value: Me }
}

let opened: Promise<IDBPDatabase<Schema>> | undefined

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('cartable-account', 1, {
    upgrade: (db) => void db.createObjectStore('me'),
    terminated: () => {
      opened = undefined
    },
  })
  return opened
}

/** Who was signed in at the last contact: what lets the application open without a network. */
export async function recall(): Promise<Me | undefined> {
  return (await database()).get('me', 'me')
}

export async function remember(me: Me): Promise<void> {
  await (await database()).put('me', me, 'me')
}

export async function forget(): Promise<void> {
  await (await database()).delete('me', 'me')
}
