// Who keeps the time of what among the servers of one store: for each lease, session and check the live server that scores highest with it. Pure, but for
// `soleOwner`, which is one server's answer. Source: Thaler and Ravishankar, "A name-based mapping scheme for rendezvous" (1996).

/** What is kept time of. */
export type Kind = 'lease' | 'session' | 'check' | 'lock-delay' | 'leader'

export interface Ownership {
  /** Whether this server is the one to act when time is over. */
  owns (kind: Kind, id: string): boolean
  /** This server's name; '' where there is one alone. */
  readonly self: string
  isLive (server: string): boolean
  /** A sign of life was given here: its owner is told, if that is another. */
  signed (kind: Kind, id: string): void
  /** Calls after the live servers have changed, with what was owned before. The returned function ends it. */
  onChange (listener: (owned: Ownership['owns']) => void): () => void
  /** Others own things as well. */
  readonly shared: boolean
}

/** One server owns everything. */
export const soleOwner: Ownership = { owns: () => true, self: '', isLive: () => true, signed () {}, onChange: () => () => {}, shared: false }

/** The server that owns something; `undefined` when none lives. The same on every server that sees the same ones live, and another only for what a server that comes or goes takes along. */
export function ownerOf (servers: readonly string[], kind: Kind, id: string): string | undefined {
  let best: string | undefined
  let most = -1
  for (const server of servers) {
    const score = hash(`${server}\0${kind}\0${id}`)
    if (score > most || (score === most && server > best!)) {
      most = score
      best = server
    }
  }
  return best
}

/** FNV-1a, 32 bits, with the finish of MurmurHash3: names that differ in their last letter alone must not follow one another. */
function hash (text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b)
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35)
  return (h ^ h >>> 16) >>> 0
}
