// Whom a process has called, by the system's own tables: outgoing TCP connections of a process. Linux. https://docs.kernel.org/networking/proc_net_tcp.html

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Ports on which a process has connections that it began itself. @param listening ports on which anybody listens */
export function calledPorts (pid: number): readonly number[] {
  const sockets = new Set(readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
    try { return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [] } catch { return [] }
  }))
  const rows = [`/proc/${pid}/net/tcp`, `/proc/${pid}/net/tcp6`].flatMap(file => { try { return readFileSync(file, 'utf8').split('\n').slice(1) } catch { return [] } }).map(line => line.trim().split(/\s+/)).filter(columns => columns.length > 9)
  const port = (address: string): number => parseInt(address.split(':')[1]!, 16)
  const own = new Set(rows.filter(columns => columns[3] === '0A' && sockets.has(columns[9]!)).map(columns => port(columns[1]!)))
  return [...new Set(rows.filter(columns => columns[3] === '01' && sockets.has(columns[9]!) && !own.has(port(columns[1]!))).map(columns => port(columns[2]!)))]
}
