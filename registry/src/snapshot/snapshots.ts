// Saving and restoring, as the doors ask for it: few at a time, and after a restore everything that this server has to put right. How an archive looks is
// write-archive.ts' and read-archive.ts' affair.

import { getHeapStatistics } from 'node:v8'
import { errors } from '../errors.js'
import { beginAutopilot } from '../operator/autopilot.js'
import { registerSelf } from '../catalog/self.js'
import { codec, SCHEMA } from '../state/codec.js'
import { fold } from '../state/keys.js'
import { VERSION } from '../version.js'
import { ArchiveError, STATE_FORM } from './meta.js'
import { readArchive, TooLargeError } from './read-archive.js'
import { archiveRefusal } from './refusal.js'
import { collectCommand, doubtCommand, restoreCommand } from './restore.js'
import { writeArchive } from './write-archive.js'
import type { Readable } from 'node:stream'
import type { Roster } from '../roster.js'
import type { RosterError } from '../errors.js'
import type { StateFileOptions } from './state-file.js'

/** Archives that are written at a time: each holds on to the rows as they were when it began. */
const MAX_SAVES = 4
/** Share of the memory for JavaScript that rows of an archive may take while it is read. */
const HEAP_SHARE = 0.4

export interface Saved {
  /** As readers saw it at that moment. */
  readonly index: number
  /** A tar, not compressed. */
  readonly pieces: AsyncGenerator<Buffer>
  /** To be called when it was read, or is not going to be. Idempotent. */
  readonly release: () => void
}

export class Snapshots {
  #saving = 0
  #restoring = false
  /** Of rows while they are read, in bytes; tests take less. */
  maxBytes = getHeapStatistics().heap_size_limit * HEAP_SHARE
  /** For metrics. */
  readonly stats = { saved: 0, restored: 0, refused: 0 }

  /** Whether one is being restored. */
  get restoring (): boolean { return this.#restoring }

  /**
   * The state as of one moment.
   * @throws RosterError 429 when too many are on their way; `NO_LEADER`
   */
  async save (roster: Roster): Promise<Saved> {
    if (this.#saving >= MAX_SAVES) throw errors.SNAPSHOT_RUNNING('saved')
    this.#saving++
    let held = true
    const release = (): void => {
      if (held) this.#saving--
      held = false
    }
    try {
      const { config, state, clock, commit } = roster
      // What is not durable yet is waited for: a snapshot never holds what a power cut could take back.
      const { result: { rows, revision } } = await commit(collectCommand)
      const index = state.base + revision
      const nowMs = clock.now()
      const own = { Form: STATE_FORM, Schema: SCHEMA, Version: VERSION, Datacenter: config.datacenter, Node: config.node.name, Rows: rows.length }
      const pieces = await writeArchive({ rows, meta: { Version: 1, ID: `1-${index}-${nowMs}`, Index: index, Term: 1, Roster: own }, nowMs }, fileOptions(state.base))
      this.stats.saved++
      return { index, pieces, release }
    } catch (error) {
      release()
      throw error
    }
  }

  /**
   * Reads an archive to its end and puts the state of then in force; unless it is whole, nothing changes.
   * @throws RosterError 500 with the reason, 413, 429; the source's error when it is cut off
   */
  async restore (roster: Roster, source: Readable): Promise<void> {
    if (this.#restoring) throw errors.SNAPSHOT_RUNNING('restored')
    this.#restoring = true
    const log = roster.log.child('agent').child('snapshot')
    try {
      const archive = await readArchive(source, { ...fileOptions(roster.state.base), version: VERSION, maxBytes: this.maxBytes })
      const { config, commit } = roster
      const { result } = await commit(restoreCommand(archive, config.node.name))
      this.stats.restored++
      log.warn('State restored from a snapshot', { index: archive.meta.Index, from: archive.meta.Roster.Node, rows: archive.rows.length, changed: result.changed })
      if (fold(archive.meta.Roster.Node) !== fold(config.node.name)) await commit(doubtCommand(archive.meta.Roster.Node, config.node.name))
      await takeUp(roster, result.tookAgent)
    } catch (error) {
      this.stats.refused++
      throw refusal(error) ?? error
    } finally {
      this.#restoring = false
    }
  }
}

/** The own node is this server's to say, and so is what is registered here. */
async function takeUp ({ config, commit, agent }: Roster, tookAgent: boolean): Promise<void> {
  await commit(registerSelf(config))
  await commit(beginAutopilot(config.autopilot))
  if (tookAgent) await agent.takeOver()
  await agent.sync()
}

const fileOptions = (base: number): StateFileOptions => ({ codec, schema: SCHEMA, base })

function refusal (error: unknown): RosterError | undefined {
  if (error instanceof TooLargeError) return errors.SNAPSHOT_TOO_LARGE(Math.round(error.bytes), Math.round(error.maxBytes))
  return error instanceof ArchiveError ? archiveRefusal(error) : undefined
}
