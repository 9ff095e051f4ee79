// A program that a test runs to its end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export async function run (node: string, args: readonly string[], env: Record<string, string> = {}): Promise<{ code: number | null, said: string }> {
  const child = spawn(node, args, { env: { ...process.env, NODE_OPTIONS: '', ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => { said += chunk })
  const [code] = await once(child, 'close') as [number | null]
  return { code, said }
}
