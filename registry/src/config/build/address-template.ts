// Addresses that a setting leaves to the machine: `{{ GetInterfaceIP "eth0" }}`. The part of hashicorp/go-sockaddr's templates that bind addresses are
// written with; anything else in braces is refused, in that library's words.

import { isIPv4 } from 'node:net'
import { isAny, isLinkLocal, isLoopback, isPrivate } from './ip.js'

/** One address of one network interface. */
export interface InterfaceAddress {
  readonly name: string
  readonly address: string
  /** `up`, `loopback`, …, in small letters. */
  readonly flags: readonly string[]
}

/** `message` is what the library would say. */
export class TemplateError extends Error {}

/**
 * Replaces what stands in double braces.
 * @param interfaces in the order in which the system lists them
 * @throws TemplateError
 */
export function fillTemplate (text: string, interfaces: () => readonly InterfaceAddress[]): string {
  if (!text.includes('{{')) return text
  const fail = (why: string): never => { throw new TemplateError(`unable to parse template ${JSON.stringify(text)}: template: sockaddr.Parse:1: ${why}`) }
  if ((text.split('{{').length) !== (text.split('}}').length)) return fail('unclosed action')
  return text.replace(/\{\{-?([^]*?)-?\}\}/g, (_, action: string) => {
    let value: readonly InterfaceAddress[] | string = []
    for (const [i, stage] of stages(action).entries()) {
      const [name = '', ...args] = [...stage.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(m => m[1] ?? m[2]!)
      const call = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined
      if (call === undefined) return fail(`function "${name}" not defined`)
      value = call(i === 0 ? interfaces() : value, args)
    }
    return typeof value === 'string' ? value : value.map(one => one.address).join(' ')
  })
}

/** Parts between pipes; a pipe in quotes is none. */
const stages = (action: string): readonly string[] => action.match(/(?:"(?:[^"\\]|\\.)*"|[^|"])+/g) ?? []

type Stage = (input: readonly InterfaceAddress[] | string, args: readonly string[]) => readonly InterfaceAddress[] | string

const list = (input: readonly InterfaceAddress[] | string): readonly InterfaceAddress[] => typeof input === 'string' ? [] : input

/** Addresses that others may call: no loopback, no link-local. */
const forwardable = (input: readonly InterfaceAddress[] | string): readonly InterfaceAddress[] => list(input).filter(({ address }) => !isLoopback(address) && !isLinkLocal(address) && !isAny(address))
const privates = (input: readonly InterfaceAddress[] | string): readonly InterfaceAddress[] => forwardable(input).filter(({ address }) => isPrivate(address))
const publics = (input: readonly InterfaceAddress[] | string): readonly InterfaceAddress[] => forwardable(input).filter(({ address }) => !isPrivate(address))
const first = (input: readonly InterfaceAddress[]): string => (input.find(one => isIPv4(one.address)) ?? input[0])?.address ?? ''

const STAGES: Readonly<Record<string, Stage>> = {
  GetAllInterfaces: list,
  GetPrivateInterfaces: privates,
  GetPublicInterfaces: publics,
  GetPrivateIP: input => first(privates(input)),
  GetPrivateIPs: input => privates(input).map(one => one.address).join(' '),
  GetPublicIP: input => first(publics(input)),
  GetPublicIPs: input => publics(input).map(one => one.address).join(' '),
  GetInterfaceIP: (input, [name]) => first(forwardable(list(input).filter(one => one.name === name))),
  GetInterfaceIPs: (input, [name]) => forwardable(list(input).filter(one => one.name === name)).map(one => one.address).join(' '),
  include: (input, [what = '', wanted = '']) => list(input).filter(one => selects(one, what, wanted)),
  exclude: (input, [what = '', wanted = '']) => list(input).filter(one => !selects(one, what, wanted)),
  attr: (input, [what]) => what === 'address' ? list(input)[0]?.address ?? '' : what === 'name' ? list(input)[0]?.name ?? '' : '',
  join: (input, [what, between = ' ']) => list(input).map(one => what === 'name' ? one.name : one.address).join(between),
  sort: input => input,
  limit: (input, [count = '0']) => list(input).slice(0, Number(count)),
}

function selects (one: InterfaceAddress, what: string, wanted: string): boolean {
  switch (what.toLowerCase()) {
    case 'name': return pattern(`^(?:${wanted})$`).test(one.name)
    case 'address': return pattern(wanted).test(one.address)
    case 'type': return /^ipv?4$/i.test(wanted) ? isIPv4(one.address) : /^ipv?6$/i.test(wanted) ? !isIPv4(one.address) : /^ip$/i.test(wanted)
    case 'flags': return wanted.split('|').every(flag => one.flags.includes(flag.trim()) || (flag.trim() === 'forwardable' && !isLoopback(one.address) && !isLinkLocal(one.address)))
    default: return false
  }
}

function pattern (text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw new TemplateError(`error parsing regexp: ${JSON.stringify(text)}`)
  }
}
