// The exchange of somebody else's (handed.ts), over a client's connection: streams on that side, framing and limits on this.

import { Readable, Writable } from 'node:stream'
import type { FieldLines } from '../wire/field-lines.js'
import { keptTrailers, mayBeTrailer } from '../wire/forwarded-lines.js'
import { isToken } from '../wire/connection-options.js'
import type { RequestHead } from '../wire/request-head.js'
import type { ClientConnection } from './client-connection.js'
import type { Connection } from './connection.js'
import type { HandedExchange, Told } from './handed.js'
import type { ExchangeRecord } from './observer.js'
import { dateLine } from './own-answer.js'

type Fields = ReadonlyArray<readonly [name: string, value: string]>

/** What it tells the exchange that it belongs to. */
export interface HandedOwner {
  answered (status: number): void
  wrote (bytes: number): void
  /** The answer is complete. @param keep whether the connection goes on */
  ended (keep: boolean): void
  /** The answer will not be complete. */
  cut (): void
  readonly leaving: boolean
  readonly record: ExchangeRecord
  told (facts: Told): void
}

/** Fields of an answer that are this connection's own affair. */
const notHandedOn = /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|te|http2-settings)$/i

export class Handed implements HandedExchange {
  readonly body: Readable
  readonly trailers: Array<readonly [name: string, value: string]> = []
  readonly #gone = new AbortController()
  #writable: AnswerBody | undefined
  #asksForBody: boolean
  #over = false

  /** @param rawHeaders that may be handed on */
  constructor (readonly head: RequestHead, readonly connection: Connection, readonly rawHeaders: Fields, private readonly client: ClientConnection, private readonly owner: HandedOwner) {
    this.#asksForBody = head.expectsContinue
    this.body = new Readable({ read: () => this.#read() })
    // Without a listener the end of a client would be the end of the process.
    this.body.on('error', () => {})
    if (client.requestDone) this.body.push(null)
    else client.onData = (bytes, from, to) => { if (!this.body.push(bytes.subarray(from, to))) client.pause() }
  }

  get record (): ExchangeRecord { return this.owner.record }
  told (facts: Told): void { this.owner.told(facts) }
  get signal (): AbortSignal { return this.#gone.signal }

  #read (): void {
    if (this.#asksForBody && this.#writable === undefined && !this.#over) {
      this.#asksForBody = false
      this.client.write('HTTP/1.1 100 Continue\r\n\r\n')
    }
    this.client.resume()
  }

  inform (status: number, headers: Fields): void {
    if (this.#over || this.#writable !== undefined || this.head.minor === 0 || status < 100 || status > 199 || status === 101) return
    if (status === 100) this.#asksForBody = false
    this.client.write(`HTTP/1.1 ${status} \r\n${linesOf(headers)}\r\n`)
  }

  respond (status: number, headers: Fields): Writable & { trailers (fields: Fields): void } {
    if (this.#writable !== undefined) throw new Error('the answer has begun already')
    const { head, client, owner } = this
    const given = headers.find(([name]) => name.toLowerCase() === 'content-length')
    const bodiless = head.method === 'HEAD' || status === 204 || status === 205 || status === 304
    const chunked = !bodiless && given === undefined && head.minor === 1
    const keep = head.minor === 1 && !head.connection.close && head.upgrade === undefined && client.requestDone && !owner.leaving
    const kept = headers.filter(([name]) => !notHandedOn.test(name) && !((status === 204 || status === 205) && name.toLowerCase() === 'content-length') && !(name.toLowerCase() === 'trailer' && !(chunked && head.takesTrailers)))
    const date = headers.some(([name]) => name.toLowerCase() === 'date') ? '' : dateLine()
    if (!this.#over) {
      client.head(`HTTP/1.1 ${status} \r\n${linesOf(kept)}${chunked ? 'Transfer-Encoding: chunked\r\n' : ''}${status === 205 ? 'Content-Length: 0\r\n' : ''}${date}${keep ? '' : 'Connection: close\r\n'}\r\n`)
      owner.answered(status)
    }
    return this.#writable = new AnswerBody(client, bodiless ? 'none' : chunked ? 'chunked' : 'as-is', bodiless || given === undefined ? undefined : Number(given[1]), head.takesTrailers, bytes => owner.wrote(bytes), whole => {
      if (this.#over) return
      this.#over = true
      if (whole) owner.ended(keep)
      else owner.cut()
    })
  }

  /** The proxy cannot wait for it any more: nothing that it writes goes out. */
  end (reason: Error): void {
    if (this.#over) return
    this.#over = true
    this.#gone.abort(reason)
    this.body.destroy(reason)
    this.#writable?.destroy()
  }

  requestEnded (trailers: FieldLines | undefined): void {
    if (trailers !== undefined) for (const line of keptTrailers(trailers).split('\r\n')) if (line !== '') this.trailers.push([line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
    this.body.push(null)
  }

  writable (): void { this.#writable?.goOn() }
}

class AnswerBody extends Writable {
  #trailers = ''
  #waiting: (() => void) | undefined
  #left: number | undefined
  #whole = false

  constructor (private readonly client: ClientConnection, private readonly passing: 'none' | 'chunked' | 'as-is', length: number | undefined, private readonly takesTrailers: boolean, private readonly wrote: (bytes: number) => void, private readonly over: (whole: boolean) => void) {
    super({ decodeStrings: true })
    this.#left = length
    this.on('error', () => {})
  }

  /** Before the end. Fields that no trailer section may hold are left out. */
  trailers (fields: Fields): void { if (this.takesTrailers) this.#trailers = linesOf(fields.filter(([name]) => mayBeTrailer(name))) }

  override _write (chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.passing === 'none' || chunk.length === 0) { done(); return }
    if (this.#left !== undefined && (this.#left -= chunk.length) < 0) { done(new Error('there is more content than Content-Length says')); return }
    this.wrote(chunk.length)
    let goesOn: boolean
    if (this.passing === 'chunked') {
      this.client.cork()
      this.client.write(`${chunk.length.toString(16)}\r\n`)
      this.client.content(chunk, 0, chunk.length)
      goesOn = this.client.write('\r\n')
      this.client.uncork()
    } else goesOn = this.client.content(chunk, 0, chunk.length)
    if (goesOn) done()
    else this.#waiting = done
  }

  goOn (): void {
    const done = this.#waiting
    this.#waiting = undefined
    done?.()
  }

  override _final (done: (error?: Error | null) => void): void {
    if (this.#left !== undefined && this.#left > 0 && this.passing !== 'none') { done(new Error('there is less content than Content-Length says')); return }
    if (this.passing === 'chunked') this.client.write(`0\r\n${this.#trailers}\r\n`)
    this.#whole = true
    this.over(true)
    done()
  }

  override _destroy (error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#whole) this.over(false)
    done(error)
  }
}

/** @throws Error for a field that is not fit for the wire: whoever answers made a mistake, and must not make two answers of one */
function linesOf (fields: Fields): string {
  let text = ''
  for (const [name, value] of fields) {
    // eslint-disable-next-line no-control-regex
    if (!isToken(name) || /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/.test(value)) throw new Error(`not a field: ${JSON.stringify(name)}`)
    text += `${name}: ${value}\r\n`
  }
  return text
}
