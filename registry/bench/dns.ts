// How fast the DNS door is against a bare UDP echo: A and SRV questions, services of 1 and 10 instances, all in one run and with the same processes.
//
//   node --import=tsx registry/bench/dns.ts [--seconds 1] [--rounds 3]
//
// The server (door or echo) is one process, the load another: 16 sockets, 200 questions outstanding. Each case is measured right after the echo, and the ratio
// taken of the two; the median of the rounds counts. The load is written in JavaScript too and may be the slower of the two, so the ratio that the bar is for
// is that of the server's CPU time for each answer. Where dnsperf is installed, which is faster than either, its rates are shown beside.

import { alwaysFresh } from '../src/freshness.js'
import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import dnsPacket from 'dns-packet'
import { memoryEngine } from '../src/engine/memory.js'
import { State } from '../src/state/state.js'
import { keys } from '../src/state/keys.js'
import { defaults } from '../src/config/defaults.js'
import { systemClock } from '../src/clock.js'
import { silentLog } from '../src/telemetry/log.js'
import { dnsDoor } from '../src/dns/door.js'
import { serviceRecord } from '../test/support/records.js'
import type { ChildProcess } from 'node:child_process'
import type { NodeRecord } from '../src/state/nodes.js'
import type { ServiceRecord } from '../src/state/services.js'

const BAR = 0.7
const SOCKETS = 16
const OUTSTANDING = 200
/** Without an answer for so long, a question counts as lost and the next one is sent, ms. */
const LOST_MS = 1000

interface Question { readonly name: string, readonly type: 'A' | 'SRV' }
interface Load { readonly answers: number, readonly lost: number, readonly seconds: number, readonly p50Us: number, readonly p99Us: number }
interface Measured extends Load { readonly cpuUs: number }

const cases: ReadonlyArray<readonly [label: string, question: Question]> = [
  ['A, 1 instance', { name: 'one.service.consul', type: 'A' }],
  ['A, 10 instances', { name: 'ten.service.consul', type: 'A' }],
  ['SRV, 1 instance', { name: 'one.service.consul', type: 'SRV' }],
  ['SRV, 10 instances', { name: 'ten.service.consul', type: 'SRV' }],
]
/** Not from kept bytes; shown, and not part of the bar. */
const beside: typeof cases = [
  ['A, nobody has the name', { name: 'none.service.consul', type: 'A' }],
  ['A, 10, mixed letter case', { name: 'Ten.Service.consul', type: 'A' }],
]

// === the servers ===

async function serve (): Promise<void> {
  const engine = memoryEngine()
  const state = new State()
  state.started(await engine.open(state))
  const puts: Array<[string, unknown]> = []
  for (let i = 0; i < 10; i++) {
    const node: NodeRecord = { name: `node-${i}`, id: '', address: `198.51.100.${i + 1}`, datacenter: 'dc1', taggedAddresses: null, meta: null }
    puts.push([keys.node(node.name), node])
    for (const name of i === 0 ? ['one', 'ten'] : ['ten']) puts.push([keys.service(node.name, name), service(node.name, name)])
  }
  await engine.commit(() => ({ tx: { puts }, result: undefined }))
  const door = dnsDoor({ config: defaults, clock: systemClock, random: Math.random, log: silentLog, state, freshness: alwaysFresh(state) })
  const { port } = await door.listen('127.0.0.1', 0)
  report(port)
}

function service (node: string, name: string): ServiceRecord {
  return serviceRecord({ node, name, port: 8080 })
}

/** Sends back what it got, marked as an answer. */
function echo (): void {
  const socket = createSocket('udp4')
  socket.on('message', (packet, from) => {
    packet[2]! |= 0x80
    socket.send(packet, 0, packet.length, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1', () => report(socket.address().port))
}

/** Says the port, and from then on the CPU time used, in µs, whenever asked. */
function report (port: number): void {
  process.send!({ port })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send!({ cpuUs: user + system })
  })
  process.on('disconnect', () => process.exit())
}

// === the load ===

async function load (port: number, question: Question, ms: number): Promise<Load> {
  const packet = dnsPacket.encode({ type: 'query', flags: dnsPacket.RECURSION_DESIRED, questions: [question] })
  const sent = new Float64Array(2 ** 16)
  const latencies: number[] = []
  let lost = 0
  let id = 0
  const began = performance.now()
  const end = began + ms
  const sockets = Array.from({ length: SOCKETS }, () => createSocket({ type: 'udp4' }))
  const ask = (socket: typeof sockets[number]): void => {
    const question = Buffer.from(packet)
    while (sent[id = (id + 1) & 0xffff] !== 0);
    question.writeUInt16BE(id)
    sent[id] = performance.now()
    socket.send(question)
  }
  await Promise.all(sockets.map(socket => new Promise<void>(resolve => socket.connect(port, '127.0.0.1', resolve))))
  for (const socket of sockets) {
    socket.on('message', answer => {
      const id = answer.readUInt16BE(0)
      const at = sent[id]!
      if (at === 0) return
      sent[id] = 0
      const now = performance.now()
      latencies.push(now - at)
      if (now < end) ask(socket)
    })
  }
  for (let i = 0; i < OUTSTANDING; i++) ask(sockets[i % SOCKETS]!)
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      const now = performance.now()
      for (let id = 0; id < sent.length; id++) {
        if (sent[id] === 0 || now - sent[id]! < LOST_MS) continue
        sent[id] = 0
        lost++
        if (now < end) ask(sockets[lost % SOCKETS]!)
      }
      if (now >= end && sent.every(at => at === 0)) {
        clearInterval(timer)
        resolve()
      }
    }, 20)
  })
  for (const socket of sockets) socket.close()
  latencies.sort((a, b) => a - b)
  const at = (share: number): number => Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 1000)
  return { answers: latencies.length, lost, seconds: ms / 1000, p50Us: at(0.5), p99Us: at(0.99) }
}

// === the run ===

const self = fileURLToPath(import.meta.url)

const fork = (...args: string[]): ChildProcess => spawn(process.execPath, [...process.execArgv, self, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })

const said = <T>(child: ChildProcess): Promise<T> => new Promise((resolve, reject) => {
  const ended = (): void => reject(new Error('a child ended too early'))
  child.once('exit', ended)
  child.once('message', message => {
    child.off('exit', ended)
    resolve(message as T)
  })
})

async function measure (server: ChildProcess, port: number, question: Question, ms: number): Promise<Measured> {
  const cpu = async (): Promise<number> => {
    const answer = said<{ cpuUs: number }>(server)
    server.send('cpu')
    return (await answer).cpuUs
  }
  const before = await cpu()
  const child = fork('--role', 'load', '--port', String(port), '--name', question.name, '--type', question.type, '--seconds', String(ms / 1000))
  const result = await said<Load>(child)
  return { ...result, cpuUs: (await cpu() - before) / result.answers }
}

/** Queries a second as dnsperf counts them, `undefined` when it is not installed. */
function dnsperf (port: number, { name, type }: Question, seconds: number): number | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'roster-bench-'))
  try {
    const file = join(dir, 'questions')
    writeFileSync(file, `${name} ${type}\n`)
    const { stdout } = spawnSync('dnsperf', ['-s', '127.0.0.1', '-p', String(port), '-d', file, '-c', String(SOCKETS), '-q', String(OUTSTANDING), '-l', String(seconds)], { encoding: 'utf8' })
    const found = /Queries per second:\s+([\d.]+)/.exec(stdout ?? '')
    return found === null ? undefined : Math.round(Number(found[1]))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

interface Pair { readonly echo: Measured, readonly door: Measured, readonly echoPeak: number | undefined, readonly doorPeak: number | undefined }

async function run (seconds: number, rounds: number): Promise<void> {
  const servers = { door: fork('--role', 'door'), echo: fork('--role', 'echo') }
  const ports = { door: (await said<{ port: number }>(servers.door)).port, echo: (await said<{ port: number }>(servers.echo)).port }
  const pairs = new Map<string, Pair[]>()
  const all = [...cases, ...beside]
  for (const [, question] of all) for (const server of ['echo', 'door'] as const) await measure(servers[server], ports[server], question, 300) // warm
  for (let round = 0; round < rounds; round++) {
    for (const [label, question] of all) {
      const pair: Pair = {
        echo: await measure(servers.echo, ports.echo, question, seconds * 1000),
        door: await measure(servers.door, ports.door, question, seconds * 1000),
        echoPeak: dnsperf(ports.echo, question, seconds),
        doorPeak: dnsperf(ports.door, question, seconds),
      }
      pairs.set(label, [...pairs.get(label) ?? [], pair])
    }
  }
  const row = (cells: readonly string[]): void => console.log(cells.map((cell, i) => i === 0 ? cell.padEnd(26) : cell.padStart(13)).join(''))
  row(['', 'answers/s', 'p50 µs', 'p99 µs', 'lost', 'CPU µs', 'echo CPU µs', 'CPU ratio', 'dnsperf q/s', 'echo q/s', 'ratio'])
  let held = true
  for (const [label] of all) {
    const of = (what: (pair: Pair) => number): number => median(pairs.get(label)!.map(what))
    const cpuRatio = of(pair => pair.echo.cpuUs / pair.door.cpuUs)
    if (cases.some(([name]) => name === label) && cpuRatio < BAR) held = false
    const peak = pairs.get(label)![0]!.doorPeak !== undefined
    row([
      label, of(p => p.door.answers / p.door.seconds).toFixed(0), of(p => p.door.p50Us).toFixed(0), of(p => p.door.p99Us).toFixed(0), of(p => p.door.lost).toFixed(0),
      of(p => p.door.cpuUs).toFixed(2), of(p => p.echo.cpuUs).toFixed(2), cpuRatio.toFixed(2),
      ...peak ? [of(p => p.doorPeak!).toFixed(0), of(p => p.echoPeak!).toFixed(0), of(p => p.doorPeak! / p.echoPeak!).toFixed(2)] : ['-', '-', '-'],
    ])
  }
  console.log(`bar: at least ${BAR} of the echo for A and SRV: ${held ? 'held' : 'MISSED'}`)
  servers.door.disconnect()
  servers.echo.disconnect()
  process.exitCode = held ? 0 : 1
}

const { values: options } = parseArgs({
  options: {
    role: { type: 'string', default: 'run' },
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    port: { type: 'string', default: '0' },
    name: { type: 'string', default: '' },
    type: { type: 'string', default: 'A' },
  },
})

switch (options.role) {
  case 'door': await serve(); break
  case 'echo': echo(); break
  case 'load': {
    process.send!(await load(Number(options.port), { name: options.name, type: options.type as Question['type'] }, Number(options.seconds) * 1000))
    process.disconnect()
    break
  }
  default: await run(Number(options.seconds), Number(options.rounds))
}
