// The three calls of Docker's HTTP API that a check needs, over its socket. A client library would bring a hundred more.

import { request, type IncomingMessage } from 'node:http'
import { codeOf, errnoText, failureText, NetError } from '../../net/net-error.js'
import type { RunScope } from '../../run-scope.js'

export interface DockerReply {
  readonly status: number
  readonly body: IncomingMessage
}

/** A daemon's answer to the calls around an exec is small; what the program prints is read elsewhere. */
const MAX_REPLY_BYTES = 1 << 20

/**
 * @param host `unix:///var/run/docker.sock` or `tcp://host:port`
 * @throws NetError with Go's words; RunEnded
 */
export function dockerCall (host: string, method: 'GET' | 'POST', path: string, body: object | undefined, scope: RunScope): Promise<DockerReply> {
  const [, protocol = '', address = ''] = /^(\w+):\/\/(.*)$/.exec(host) ?? []
  const target = protocol === 'unix' ? { socketPath: address } : new URL(`http://${address}`)
  const json = body === undefined ? '' : JSON.stringify(body)
  return scope.wait((resolve, reject) => {
    const sent = request({
      ...(target instanceof URL ? { host: target.hostname.replace(/^\[|\]$/g, ''), port: target.port } : target),
      method,
      path,
      agent: false,
      headers: { Host: 'docker', ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) }) },
    })
    scope.own(sent, () => sent.destroy())
    sent.once('response', response => resolve({ status: response.statusCode ?? 0, body: response }))
    sent.on('error', error => {
      const text = errnoText(codeOf(error))
      const why = text === undefined ? failureText(error) : `dial ${protocol} ${address}: connect: ${text}`
      const base = protocol === 'unix' ? encodeURIComponent(address) : address
      reject(new NetError(`${method[0]}${method.slice(1).toLowerCase()} "http://${base}${path}": ${why}`, { cause: error }))
    })
    sent.end(json)
  })
}

/** The whole of a small answer. */
export function replyText ({ body }: DockerReply, scope: RunScope): Promise<string> {
  return scope.wait((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    body.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_REPLY_BYTES) chunks.push(chunk)
      else reject(new NetError('response is too large'))
    })
    body.once('end', () => resolve(Buffer.concat(chunks).toString())).on('error', reject)
  })
}
