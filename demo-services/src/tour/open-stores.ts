// Which processes have which store open, by the system's own word. https://docs.kernel.org/filesystems/proc.html (fd)

import { readdirSync, readlinkSync } from 'node:fs'
import { sep } from 'node:path'

export interface OpenStore { readonly pid: number, readonly store: string }

/** @param data folder in which each service has a folder of its own */
export function openStores (data: string): readonly OpenStore[] {
  const found = new Map<string, OpenStore>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    let descriptors: string[] = []
    // Processes end while one looks, and some are not ours to look into.
    try { descriptors = readdirSync(`/proc/${name}/fd`) } catch { continue }
    for (const descriptor of descriptors) {
      try {
        const file = readlinkSync(`/proc/${name}/fd/${descriptor}`)
        if (!file.startsWith(data + sep)) continue
        const store = file.slice(data.length + 1).split(sep)[0]!
        found.set(`${name} ${store}`, { pid: Number(name), store })
      } catch { /* Closed meanwhile. */ }
    }
  }
  return [...found.values()]
}
