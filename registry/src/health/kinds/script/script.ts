// Script checks: a program's exit code is its verdict (0 passing, 1 warning, else critical), what it prints is the output. Whether scripts may be
// registered at all is permit.ts.

import type { ChildProcess } from 'node:child_process'
import { formatDuration, MILLISECOND_NS } from '../../../http/decode/duration.js'
import type { CheckKind, CheckResult, CheckStatus } from '../../kind.js'
import { codeOf, errnoText, failureText, NetError } from '../../net/net-error.js'
import { programOutput, TailBuffer } from '../../output.js'
import { inScope, RunEnded, type RunScope } from '../../run-scope.js'

export const script: CheckKind = {
  type: 'script',
  defaultTimeoutMs: 30_000,
  uses: 'process',
  prepare (definition, ctx) {
    return signal => inScope(ctx.clock, ctx.timeoutMs, signal, async scope => {
      const tail = new TailBuffer(ctx.outputMaxBytes)
      try {
        return await runProgram(definition.args, tail, scope)
      } catch (error) {
        if (!(error instanceof RunEnded) || !scope.timedOut) throw error
        const said = tail.total === 0 ? '' : `\n\n${programOutput(tail)}`
        return { status: 'critical', output: `Timed out (${formatDuration(ctx.timeoutMs * MILLISECOND_NS)}) running check${said}` }
      }
    })
  },
}

/** By exit code; a program that a signal ended has none. */
export const statusOfExit = (code: number | null): CheckStatus => code === 0 ? 'passing' : code === 1 ? 'warning' : 'critical'

async function runProgram (args: readonly string[], tail: TailBuffer, scope: RunScope): Promise<CheckResult> {
  const [program = '', ...rest] = args
  if (program === '') throw new NetError('exec: no command')
  const { spawn } = await scope.of(import('node:child_process'))
  let child: ChildProcess
  try {
    // A process group of its own: what it starts dies with it.
    child = spawn(program, rest, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    throw startFailure(program, error)
  }
  scope.own(child, () => killGroup(child))
  child.stdout?.on('data', (chunk: Buffer) => tail.write(chunk))
  child.stderr?.on('data', (chunk: Buffer) => tail.write(chunk))
  return scope.wait<CheckResult>((resolve, reject) => {
    child.once('error', error => reject(startFailure(program, error)))
    // `close` rather than `exit`: whoever holds the output still belongs to the run.
    child.once('close', code => resolve({ status: statusOfExit(code), output: programOutput(tail) }))
  })
}

function killGroup (child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch { /* nobody of the group is left */ }
}

function startFailure (program: string, error: unknown): NetError {
  const code = codeOf(error)
  if (code === 'ENOENT' && !program.includes('/')) return new NetError(`exec: ${JSON.stringify(program)}: executable file not found in $PATH`, { cause: error })
  const why = code === 'ERR_INVALID_ARG_VALUE' ? 'invalid argument' : errnoText(code) ?? failureText(error)
  return new NetError(`fork/exec ${program}: ${why}`, { cause: error })
}
