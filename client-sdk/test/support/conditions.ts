// Waiting for what shall be, not for time.

/** Resolves when `condition` holds; looked at often, and given up after `ms`, with what was waited for. */
export async function until (what: string, condition: () => unknown, ms = 20_000): Promise<void> {
  const end = performance.now() + ms
  while (!await condition()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
