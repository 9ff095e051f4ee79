// Waiting for a condition.

/** Looks often; fails with `what` after 15 s: the machine may be busy, the condition is not about time. */
export async function until (what: string, holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = performance.now() + ms
  while (!await holds()) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
