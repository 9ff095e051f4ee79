// One question to one server and its answer back, over UDP or TCP. What the answer means is recursors.ts' affair.

import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { MAX_MESSAGE_BYTES } from './codes.js'
import type { Clock } from '../clock.js'

export interface ExchangeOptions {
  readonly host: string
  readonly port: number
  readonly question: Buffer
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Messages that are no answer to the question are passed over. */
  readonly isAnswer: (bytes: Buffer) => boolean
}

type Settle = (answer: Buffer | undefined, error?: Error) => void

/** @returns undefined when nothing came in time; @throws the socket's error, or `AbortError` */
export function exchangeUdp (options: ExchangeOptions): Promise<Buffer | undefined> {
  const { host, port, question, isAnswer } = options
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  let open = true
  const release = (): void => {
    open = false
    socket.close()
  }
  return settled(options, release, settle => {
    socket.on('error', error => settle(undefined, error))
    socket.on('message', bytes => { if (isAnswer(bytes)) settle(bytes) })
    // Connected, so that the system lets in that server's answers only, and says when nobody listens there.
    socket.connect(port, host, (error?: Error) => {
      if (error !== undefined) settle(undefined, error)
      else if (open) socket.send(question)
    })
  })
}

/** @returns undefined when nothing came in time; @throws the socket's error, or `AbortError` */
export function exchangeTcp (options: ExchangeOptions): Promise<Buffer | undefined> {
  const { host, port, question, isAnswer } = options
  const socket = connect({ host, port })
  return settled(options, () => socket.destroy(), settle => {
    let received = Buffer.alloc(0)
    socket.on('error', error => settle(undefined, error))
    socket.on('close', () => settle(undefined, new Error('connection closed without an answer')))
    socket.on('connect', () => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(question.length)
      socket.write(Buffer.concat([length, question]))
    })
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2) {
        const end = 2 + received.readUInt16BE(0)
        if (received.length < end) break
        const message = received.subarray(2, end)
        received = received.subarray(end)
        if (isAnswer(message)) { settle(Buffer.from(message)); return }
      }
      if (received.length > 2 * MAX_MESSAGE_BYTES) settle(undefined, new Error('no answer among what was sent'))
    })
  })
}

/** Ends with the first of answer, error, timeout and abort; whatever it is, `release` is called once. */
function settled ({ timeoutMs, clock, signal }: ExchangeOptions, release: () => void, begin: (settle: Settle) => void): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let done = false
    const settle: Settle = (answer, error) => {
      if (done) return
      done = true
      cancel()
      signal.removeEventListener('abort', aborted)
      release()
      if (error === undefined) resolve(answer)
      else reject(error)
    }
    const aborted = (): void => settle(undefined, new DOMException('the door closes', 'AbortError'))
    const cancel = clock.after(timeoutMs, () => settle(undefined))
    signal.addEventListener('abort', aborted, { once: true })
    begin(settle)
  })
}
