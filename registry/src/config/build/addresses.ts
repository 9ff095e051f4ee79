// Where the agent listens and what address it is known by: bind, client, advertise, tagged addresses, one listener for each door.

import { isIP, isIPv4 } from 'node:net'
import { goQuote } from '../../http/decode/go-text.js'
import { ConfigError } from '../config-error.js'
import { fillTemplate, TemplateError, type InterfaceAddress } from './address-template.js'
import { isAny, isLoopback, isPrivate } from './ip.js'
import type { Context, Reader } from '../context.js'
import type { AgentFragment } from '../keys/agent.js'
import type { AddressConfig, Listener, ListenConfig, PortConfig } from '../runtime-config.js'

/** The machine, as far as addresses depend on it. */
export interface Machine { readonly interfaces: () => readonly InterfaceAddress[] }

export interface Addresses {
  readonly addresses: AddressConfig
  readonly listen: ListenConfig
  readonly ports: PortConfig
}

type Tcp = Extract<Listener, { kind: 'tcp' }>

/** @throws ConfigError for ports and the bind address, which are told before anything else; what is wrong with other addresses is collected */
export function buildAddresses (settings: Reader<AgentFragment>, defaults: { readonly ports: PortConfig, readonly addresses: AddressConfig }, machine: Machine): Addresses {
  const { context } = settings
  const expand = new Expander(context, machine)
  const ports = buildPorts(settings, defaults.ports)
  const bindAddr = settings.fragment.bind_addr
  const binds = bindAddr === undefined ? [defaults.addresses.bind] : expand.addresses('bind_addr', bindAddr, settings.at('bind_addr'))
  context.throwProblems()
  const bind = oneBind(binds, settings.at('bind_addr'))
  const advertised = advertisedAddresses(settings, expand, bind, machine)
  const clientAddr = settings.fragment.client_addr
  const client = clientAddr === undefined ? defaults.addresses.client : expand.ips('client_addr', clientAddr, settings.at('client_addr'))
  if (clientAddr === '') context.warn('client_addr is empty, client services (DNS, HTTP, HTTPS, GRPC) will not be listening for connections')
  const listen = buildListeners(settings, expand, ports, client)
  const reachableByStrangers = [...listen.http, ...listen.https, ...listen.dns].some(listener => listener.kind === 'tcp' && !isLoopback(listener.host))
  return {
    addresses: { bind, client, ...advertised, translateWan: settings.get('translate_wan_addrs', false), reachableByStrangers },
    listen,
    ports,
  }
}

function buildListeners (settings: Reader<AgentFragment>, expand: Expander, ports: PortConfig, client: readonly string[]): ListenConfig {
  const doors = settings.block('addresses')
  const door = (name: 'dns' | 'http' | 'https' | 'grpc' | 'grpc_tls', port: number): Listener[] => {
    const given = doors.fragment[name]
    const hosts = given === undefined ? client : expand.addresses(`addresses.${name}`, given, doors.at(name))
    return port < 0 ? [] : hosts.map(host => host.startsWith('unix://') ? { kind: 'unix', path: host.slice(7) } : { kind: 'tcp', host, port })
  }
  const dns = door('dns', ports.dns)
  const tcp = dns.filter((listener): listener is Tcp => listener.kind === 'tcp')
  if (dns.length > tcp.length) throw new ConfigError('DNS address cannot be a unix socket', place(doors.at('dns')))
  return { http: door('http', ports.http), https: door('https', ports.https), dns: tcp, grpc: door('grpc', ports.grpc), grpcTls: door('grpc_tls', ports.grpcTls), unixSockets: unixSockets(settings) }
}

/** What the node is known by. @throws ConfigError for what nobody could call */
function advertisedAddresses (settings: Reader<AgentFragment>, expand: Expander, bind: string, machine: Machine): Pick<AddressConfig, 'advertise' | 'advertiseWan' | 'tagged'> {
  const one = (key: 'advertise_addr' | 'advertise_addr_wan'): string | undefined => {
    const text = settings.fragment[key]
    return text === undefined ? undefined : expand.one(key, text, settings.at(key))
  }
  const lan = one('advertise_addr')
  const wan = one('advertise_addr_wan')
  const { lanV4, lanV6, wanV4, wanV6 } = familyAddresses(settings, expand)
  const refuse = (name: string, at: string | undefined): never => { throw new ConfigError(`${name} address cannot be 0.0.0.0, :: or [::]`, place(at)) }
  const advertise = lan ?? lanV4 ?? lanV6 ?? (isAny(bind) ? reachable(bind, machine) : bind)
  if (isAny(advertise)) refuse('Advertise', settings.at('advertise_addr'))
  const advertiseWan = wan ?? wanV4 ?? wanV6 ?? advertise
  if (isAny(advertiseWan)) refuse('Advertise WAN', settings.at('advertise_addr_wan'))
  checkFamilies(settings, { lanV4, lanV6, wanV4, wanV6 })
  const tagged = Object.assign(Object.create(null), {
    lan: advertise, ...family('lan', advertise), ...family('lan', lanV4), ...family('lan', lanV6), wan: advertiseWan, ...family('wan', advertiseWan), ...family('wan', wanV4), ...family('wan', wanV6),
  }, settings.get('tagged_addresses', {})) as Record<string, string>
  return { advertise, advertiseWan, tagged }
}

function buildPorts (settings: Reader<AgentFragment>, defaults: PortConfig): PortConfig {
  const ports = settings.block('ports')
  return {
    dns: ports.port('dns', defaults.dns),
    http: ports.port('http', defaults.http),
    https: ports.port('https', defaults.https),
    server: ports.port('server', defaults.server),
    grpc: ports.port('grpc', defaults.grpc),
    grpcTls: ports.port('grpc_tls', defaults.grpcTls),
    serfLan: ports.port('serf_lan', defaults.serfLan),
    serfWan: ports.port('serf_wan', defaults.serfWan),
    sidecarMin: ports.port('sidecar_min_port', defaults.sidecarMin),
    sidecarMax: ports.port('sidecar_max_port', defaults.sidecarMax),
    exposeMin: ports.port('expose_min_port', defaults.exposeMin),
    exposeMax: ports.port('expose_max_port', defaults.exposeMax),
  }
}

function unixSockets (settings: Reader<AgentFragment>): ListenConfig['unixSockets'] {
  const { user = '', group = '', mode = '' } = settings.block('unix_sockets').fragment
  return { user, group, mode }
}

/** Reads lists of addresses, apart by blanks, templates filled in; tells what is none. */
class Expander {
  constructor (readonly context: Context, readonly machine: Machine) {}

  addresses (name: string, text: string, at: string | undefined): readonly string[] {
    let filled: string
    try {
      filled = fillTemplate(text, this.machine.interfaces)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      this.context.problem(`${name}: error parsing ${goQuote(text)}: ${error.message}`, at)
      return []
    }
    const found = filled.split(/\s+/).filter(address => address !== '')
    for (const address of found) {
      if (address.startsWith('unix://') || isIP(address) !== 0) continue
      this.context.problem(`${name}: invalid ip address: ${address}`, at)
      return []
    }
    return found
  }

  ips (name: string, text: string, at: string | undefined): readonly string[] {
    const found = this.addresses(name, text, at)
    if (found.some(address => address.startsWith('unix://'))) this.context.problem(`${name} cannot be a unix socket`, at)
    return found.filter(address => !address.startsWith('unix://'))
  }

  one (name: string, text: string, at: string | undefined): string | undefined {
    const found = this.ips(name, text, at)
    if (found.length > 1) this.context.problem(`${name}: multiple addresses found: ${found.join(' ')}`, at)
    return found[0]
  }
}

const place = (at: string | undefined): readonly string[] => at === undefined ? [] : [at]

function oneBind (binds: readonly string[], at: string | undefined): string {
  const refuse = (why: string): never => { throw new ConfigError(`bind_addr ${why}`, place(at)) }
  if (binds.length === 0) return refuse('cannot be empty')
  if (binds.length > 1) return refuse("cannot contain multiple addresses. Use 'addresses.{dns,http,https}' instead.")
  return binds[0]!.startsWith('unix://') ? refuse('cannot be a unix socket') : binds[0]!
}

/** The one address that others on the network reach this machine by, when it binds all of them. */
function reachable (bind: string, machine: Machine): string {
  const v4 = isIPv4(bind)
  const what = v4 ? 'private IPv4' : 'public IPv6'
  const found = machine.interfaces().map(one => one.address).filter(address => !isLoopback(address) && (v4 ? isIPv4(address) && isPrivate(address) : !isIPv4(address) && !isPrivate(address) && !/^fe[89ab]/i.test(address)))
  if (found.length === 0) throw new ConfigError(`No ${what} address found`)
  if (found.length > 1) throw new ConfigError(`Multiple ${what} addresses found. Please configure one with 'bind' and/or 'advertise'.`)
  return found[0]!
}

interface Families { readonly lanV4: string | undefined, readonly lanV6: string | undefined, readonly wanV4: string | undefined, readonly wanV6: string | undefined }

function familyAddresses (settings: Reader<AgentFragment>, expand: Expander): Families {
  const one = (key: 'advertise_addr_ipv4' | 'advertise_addr_ipv6' | 'advertise_addr_wan_ipv4' | 'advertise_addr_wan_ipv6'): string | undefined => {
    const text = settings.fragment[key]
    return text === undefined ? undefined : expand.one(key, text, settings.at(key))
  }
  return { lanV4: one('advertise_addr_ipv4'), lanV6: one('advertise_addr_ipv6'), wanV4: one('advertise_addr_wan_ipv4'), wanV6: one('advertise_addr_wan_ipv6') }
}

function checkFamilies (settings: Reader<AgentFragment>, { lanV4, lanV6, wanV4, wanV6 }: Families): void {
  const wrong = ([
    ['advertise_addr_ipv4', lanV4, 4], ['advertise_addr_ipv6', lanV6, 6], ['advertise_addr_wan_ipv4', wanV4, 4], ['advertise_addr_wan_ipv6', wanV6, 6],
  ] as const).find(([, ip, version]) => ip !== undefined && isIP(ip) !== version)
  if (wrong !== undefined) throw new ConfigError(`${wrong[0]} must be an ipv${wrong[2]} address`, place(settings.at(wrong[0])))
}

const family = (network: 'lan' | 'wan', ip: string | undefined): Record<string, string> => ip === undefined ? {} : { [`${network}_${isIPv4(ip) ? 'ipv4' : 'ipv6'}`]: ip }
