// Which rows lie together where a store keeps rows by key (engine/etcd/layout.ts): an instance with its checks and what points to them, so that a
// registration is one record. A row's place depends on its key alone; where it cannot be seen there (a check whose id does not name its service), the row
// lies by itself.

import type { Layout, Reach } from '../engine/etcd/layout.js'

/** The service that a check's id names, as ids are made where none is given: `service:<id>` or `service:<id>:<n>`. */
const serviceOf = (checkId: string): string | undefined => /^service:(.+?)(?::\d+)?$/s.exec(checkId)?.[1]

export const layout: Layout = {
  placeOf (key) {
    const parts = key.split('/')
    const [root, name, part, id] = parts
    if (root === 'node' && id !== undefined) {
      if (part === 'checks-of' && parts.length === 5) return `node/${name}/service/${id}`
      if (part === 'check' && parts.length === 4) {
        const service = serviceOf(id)
        if (service !== undefined) return `node/${name}/service/${service}`
      }
    } else if (root === 'agent' && part !== undefined) {
      if (name === 'checks-of' && parts.length === 4) return `agent/service/${part}`
      if (name === 'check' && parts.length === 3) {
        const service = serviceOf(part)
        if (service !== undefined) return `agent/service/${service}`
      }
    } else if (root === 'lease-of' && parts.length === 3) return `node/${name}/service/${part}`
    return key
  },

  reach (prefix): Reach {
    const [root, name = '', part, id, more] = prefix.split('/')
    if (root === 'node' && part === 'checks-of' && id !== undefined && more === '') return { place: `node/${name}/service/${id}` }
    if (root === 'node' && part !== undefined && part !== 'service' && part !== 'coordinate') return { prefix: `node/${name}/` }
    if (root === 'agent' && name === 'checks-of' && part !== undefined && id === '') return { place: `agent/service/${part}` }
    if (root === 'agent' && name !== 'service') return { prefix: 'agent/' }
    if (root === 'lease-of') return { prefix: 'node/' }
    // A beginning of a word may be the beginning of one whose rows lie elsewhere.
    if ('lease-of'.startsWith(root!) && !prefix.includes('/')) return { prefix: '' }
    return { prefix }
  },
}
