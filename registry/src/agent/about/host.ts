// agent/host: the machine that the agent runs on, as far as the operating system tells without special rights.

import { statfs } from 'node:fs/promises'
import { arch, cpus, freemem, hostname, platform, release, totalmem, uptime } from 'node:os'
import type { Json } from '../wire.js'

/** @param dir whose disk is told of @param nowMs wall clock */
export async function hostJson (dir: string, nowMs: number): Promise<Json> {
  const wrong: string[] = []
  const disk = await diskJson(dir).catch((error: unknown) => {
    wrong.push(String(error))
    return {}
  })
  return {
    Memory: memoryJson(),
    CPU: cpus().map(({ model, speed }, i) => ({ cpu: i, vendorId: '', family: '', model: '', stepping: 0, physicalId: '', coreId: String(i), cores: 1, modelName: model, mhz: speed, cacheSize: 0, flags: [], microcode: '' })),
    Host: {
      hostname: hostname(),
      uptime: Math.floor(uptime()),
      bootTime: Math.floor(nowMs / 1000 - uptime()),
      os: platform(),
      platform: platform(),
      platformFamily: '',
      platformVersion: '',
      kernelVersion: release(),
      kernelArch: arch() === 'x64' ? 'x86_64' : arch(),
    },
    Disk: disk,
    CollectionTime: nowMs * 1e6,
    Errors: wrong.length === 0 ? null : wrong,
  }
}

function memoryJson (): Json {
  const total = totalmem()
  const available = freemem()
  return { total, available, used: total - available, usedPercent: 100 * (total - available) / total, free: available }
}

async function diskJson (path: string): Promise<Json> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path)
  const used = (blocks - bfree) * bsize
  return {
    path,
    total: blocks * bsize,
    free: bavail * bsize,
    used,
    usedPercent: 100 * used / (used + bavail * bsize),
    inodesTotal: files,
    inodesUsed: files - ffree,
    inodesFree: ffree,
    inodesUsedPercent: files === 0 ? 0 : 100 * (files - ffree) / files,
  }
}
