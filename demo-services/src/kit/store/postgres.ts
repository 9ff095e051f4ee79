// The same store on Postgres, for services whose replicas run on several hosts. Transactions are serializable and run again when the database says that two could not be put in a row.

import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { textOf } from '../errors.js'
import { Overlay } from './overlay.js'
import type { Store } from './store.js'
import type { MakeWork, Step } from './work.js'

/** serialization_failure, deadlock_detected: the whole transaction may be tried again. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
const AGAIN = new Set(['40001', '40P01'])
/** Tries of a transaction. Each conflict means that another one got through, so this many in a row is an overload. */
const TRIES = 20
/** Longest wait for a connection, ms. */
const CONNECT_MS = 5000

export async function openPostgres (url: string): Promise<Store> {
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: CONNECT_MS, idleTimeoutMillis: 30_000, allowExitOnIdle: true })
  // A connection that breaks while nobody uses it is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  try {
    // Keys are compared byte by byte, as the embedded store does it.
    await pool.query('CREATE TABLE IF NOT EXISTS rows (key text COLLATE "C" PRIMARY KEY, value jsonb NOT NULL)')
  } catch (error) {
    // Two that come at the same time may both find no table.
    if (!/already exists|duplicate key/.test(textOf(error))) { await pool.end(); throw error }
  }
  let closing: Promise<void> | undefined

  async function run<T> (make: MakeWork<T>, begin: string, keep: (client: pg.PoolClient, overlay: Overlay) => Promise<void>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const client = await pool.connect()
      let broken: Error | undefined
      try {
        await client.query(begin)
        const overlay = new Overlay()
        const work = make()
        let input: unknown
        let state = work.next()
        while (!state.done) {
          input = await take(client, state.value, overlay)
          state = work.next(input)
        }
        await keep(client, overlay)
        await client.query('COMMIT')
        return state.value
      } catch (error) {
        await client.query('ROLLBACK').catch((error: unknown) => { broken = error as Error })
        if (attempt === TRIES || !AGAIN.has((error as { code?: string }).code ?? '')) throw error
      } finally {
        client.release(broken)
      }
      await pause(Math.random() * 5 * Math.min(attempt, 10))
    }
  }

  return {
    change: work => run(work, 'BEGIN ISOLATION LEVEL SERIALIZABLE', async (client, { writes }) => {
      for (const [key, value] of writes) {
        if (value === undefined) await client.query('DELETE FROM rows WHERE key = $1', [key])
        else await client.query('INSERT INTO rows (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [key, JSON.stringify(value)])
      }
    }),
    read: work => run(work, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', async (_client, { writes }) => {
      if (writes.size > 0) throw new Error('A reading must not write')
    }),
    close: () => closing ??= pool.end(),
  }
}

async function take (client: pg.PoolClient, step: Step, overlay: Overlay): Promise<unknown> {
  if (step.kind === 'put') return overlay.put(step.key, step.value)
  if (step.kind === 'remove') return overlay.remove(step.key)
  if (step.kind === 'get') {
    if (overlay.writes.has(step.key)) return overlay.writes.get(step.key)
    const { rows } = await client.query<{ value: unknown }>('SELECT value FROM rows WHERE key = $1', [step.key])
    return rows[0]?.value
  }
  const { prefix, after, reverse } = step
  const { rows } = await client.query<{ key: string, value: unknown }>(
    `SELECT key, value FROM rows WHERE key >= $1 AND key < $2 AND ($3 = '' OR key ${reverse ? '<' : '>'} $3) ORDER BY key ${reverse ? 'DESC' : 'ASC'} LIMIT $4`,
    [prefix, `${prefix}\uffff`, after, overlay.reach(prefix, step.limit)])
  return overlay.overRange(rows.map(({ key, value }) => [key, value] as const), step)
}
