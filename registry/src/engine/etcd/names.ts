// What lies under a registry's prefix in etcd, besides the rows.
//
//   <prefix>meta           what this is and who may read it (JSON)      <prefix>head    touched by every write of rows; names the write
//   <prefix>count          how revisions are counted (revisions.ts)     <prefix>fence   touched by every batch: writes that have not heard of it do not fit
//   <prefix>r/<place>      rows (place-record.ts)                       <prefix>b/<id>[/<n>]   a batch, in pieces (batches.ts)
//   <prefix>s/<server>     a live server (cluster/)                     <prefix>secret  by which servers know one another

import { keyBytes, prefixEnd } from './layout.js'

export class Names {
  readonly prefix: Buffer
  readonly end: Buffer
  readonly meta: Buffer
  readonly head: Buffer
  readonly count: Buffer
  readonly fence: Buffer
  readonly secret: Buffer
  readonly rows: Buffer
  readonly batches: Buffer
  readonly servers: Buffer

  /** @param prefix such as `roster/` */
  constructor (prefix: string) {
    const below = (name: string): Buffer => Buffer.from(prefix + name)
    this.prefix = Buffer.from(prefix)
    this.end = prefixEnd(this.prefix)
    this.meta = below('meta')
    this.head = below('head')
    this.count = below('count')
    this.fence = below('fence')
    this.secret = below('secret')
    this.rows = below('r/')
    this.batches = below('b/')
    this.servers = below('s/')
  }

  place (place: string): Buffer { return Buffer.concat([this.rows, keyBytes(place)]) }

  /** Everything below a beginning of places. */
  placesBelow (prefix: string): { readonly key: Buffer, readonly end: Buffer } {
    const key = this.place(prefix)
    return { key, end: prefixEnd(key) }
  }

  batch (id: string, piece?: number): Buffer { return Buffer.concat([this.batches, Buffer.from(piece === undefined ? id : `${id}/${String(piece).padStart(6, '0')}`)]) }

  server (id: string): Buffer { return Buffer.concat([this.servers, Buffer.from(id)]) }
}
