// What a snapshot says of itself, in `meta.json`: the words that tools around the compatible API know, and Roster's own.

/** Form of `state.bin`. Raised when an earlier version could not read it any more. */
export const STATE_FORM = 1

export interface SnapshotMeta {
  /** Form of the archive, of the compatible API. */
  readonly Version: number
  readonly ID: string
  /** Index that readers saw when it was taken. */
  readonly Index: number
  readonly Term: number
  /** Bytes of `state.bin`. */
  readonly Size: number
  readonly Roster: {
    readonly Form: number
    /** Schema number of the tables. */
    readonly Schema: number
    /** Roster's version. */
    readonly Version: string
    readonly Datacenter: string
    /** Name of the server that it was taken from. */
    readonly Node: string
    readonly Rows: number
  }
}

/** Why an archive is not restored; the message is the reason. */
export class ArchiveError extends Error {
  /** @param stage of reading that it concerns: `gzip` before anything was read, `end` behind the last file, else `file` */
  constructor (message: string, readonly stage: 'gzip' | 'file' | 'end' = 'file') { super(message) }
}

/** @throws ArchiveError of what is none, and of one that another product or a later version made */
export function decodeMeta (bytes: Buffer, own: { readonly schema: number, readonly version: string }): SnapshotMeta {
  const meta = parse(bytes)
  const roster = meta?.Roster
  if (roster === undefined || roster === null) throw new ArchiveError('it was not made by Roster; use `roster import consul` to take over what a Consul server holds')
  const counts = [roster.Form, roster.Schema, roster.Rows, meta?.Index, meta?.Size]
  if (!counts.every(n => Number.isSafeInteger(n)) || typeof roster.Node !== 'string') throw new ArchiveError('failed to decode snapshot metadata')
  if (roster.Form > STATE_FORM || roster.Schema > own.schema) {
    throw new ArchiveError(`it was made by Roster ${roster.Version} (form ${roster.Form}, schema ${roster.Schema}); this is Roster ${own.version} (form ${STATE_FORM}, schema ${own.schema})`)
  }
  return meta as SnapshotMeta
}

function parse (bytes: Buffer): Partial<SnapshotMeta> | null {
  try {
    const meta: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof meta === 'object' ? meta as Partial<SnapshotMeta> | null : null
  } catch {
    throw new ArchiveError('failed to decode snapshot metadata')
  }
}
