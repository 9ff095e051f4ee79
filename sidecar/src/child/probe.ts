// One look at the local service: does its port take connections, and does its health path answer 2xx? How often, and what follows, is the lifecycle's decision.

import { request } from 'node:http'
import { connect } from 'node:net'

export interface ProbeTarget {
  readonly host: string
  readonly port: number
  /** Absent: a connection is enough. */
  readonly path?: string | undefined
}

/** What was seen: `undefined` when all is well, else why not, in a few words. */
export type Finding = string | undefined

/** Never rejects. @param timeoutMs for the whole look */
export const probe = (target: ProbeTarget, timeoutMs: number): Promise<Finding> => target.path === undefined ? probePort(target, timeoutMs) : probePath(target, target.path, timeoutMs)

function probePort ({ host, port }: ProbeTarget, timeoutMs: number): Promise<Finding> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    const end = (finding: Finding): void => { socket.destroy(); resolve(finding) }
    socket.setTimeout(timeoutMs, () => end(`port ${port} did not take a connection within ${timeoutMs} ms`))
    socket.once('connect', () => end(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => end(`port ${port}: ${error.code ?? error.message}`))
  })
}

function probePath ({ host, port }: ProbeTarget, path: string, timeoutMs: number): Promise<Finding> {
  return new Promise(resolve => {
    const asking = request({ host, port, path, method: 'GET', agent: false, headers: { 'user-agent': 'roster-sidecar', connection: 'close' } }, response => {
      const { statusCode = 0 } = response
      response.resume()
      response.once('error', () => {})
      end(statusCode >= 200 && statusCode < 300 ? undefined : `${path} answered ${statusCode}`)
    })
    const late = setTimeout(() => end(`${path} did not answer within ${timeoutMs} ms`), timeoutMs)
    const end = (finding: Finding): void => {
      clearTimeout(late)
      resolve(finding)
      asking.destroy()
    }
    asking.once('error', (error: NodeJS.ErrnoException) => end(`${path}: ${error.code ?? error.message}`))
    asking.end()
  })
}
