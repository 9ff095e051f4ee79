// Docker checks: like script checks, but the program runs inside a container, through the daemon's socket: create an exec, start it, read what it
// prints, ask for its exit code.

import { goQuote } from '../../../http/decode/go-text.js'
import type { CheckDefinition } from '../../definition.js'
import type { CheckContext, CheckKind, CheckResult } from '../../kind.js'
import { failureText, NetError } from '../../net/net-error.js'
import { cutOutput, programOutput, TailBuffer } from '../../output.js'
import { inScope, RunEnded, type RunScope } from '../../run-scope.js'
import { formatDuration, MILLISECOND_NS } from '../../../http/decode/duration.js'
import { statusOfExit } from '../script/script.js'
import { dockerCall, replyText, type DockerReply } from './docker-api.js'
import { RawStream } from './raw-stream.js'

export const docker: CheckKind = {
  type: 'docker',
  // Consul waits without limit; a program that never ends would then never be looked at again.
  defaultTimeoutMs: 30_000,
  uses: 'socket',
  prepare (definition, ctx) {
    return signal => inScope(ctx.clock, ctx.timeoutMs, signal, async scope => {
      try {
        return await runInContainer(definition, ctx, scope)
      } catch (error) {
        if (!scope.timedOut) throw error
        // The daemon offers no way to end an exec; its output is not read any further.
        return { status: 'critical', output: `Timed out (${formatDuration(ctx.timeoutMs * MILLISECOND_NS)}) running check` }
      }
    })
  },
}

async function runInContainer ({ dockerContainerId: container, args }: CheckDefinition, ctx: CheckContext, scope: RunScope): Promise<CheckResult> {
  const exec = await createExec(container, args, ctx, scope)
  const tail = new TailBuffer(ctx.outputMaxBytes)
  await startExec(container, exec, tail, ctx, scope)
  const code = await exitCode(container, exec, ctx, scope)
  return { status: statusOfExit(code), output: programOutput(tail) }
}

async function createExec (container: string, args: readonly string[], ctx: CheckContext, scope: RunScope): Promise<string> {
  const id = encodeURIComponent(container)
  const reply = await call('create', container, scope, () => dockerCall(ctx.dockerHost, 'POST', `/containers/${id}/exec`, { AttachStdin: false, AttachStdout: true, AttachStderr: true, Tty: false, Cmd: args }, scope))
  const text = await replyText(reply, scope)
  if (reply.status === 404) throw new NetError(`create exec failed for unknown container ${container}`)
  if (reply.status === 409) throw new NetError(`create exec failed since container ${container} is paused or stopped`)
  if (reply.status !== 201) throw new NetError(`create exec failed for container ${container} with status ${reply.status}: ${cutOutput(text, ctx.outputMaxBytes)}`)
  const complaint = `create exec response for container ${container} cannot be parsed`
  const exec = fieldOf(text, 'Id', complaint)
  if (typeof exec !== 'string' || !/^[\w-]+$/.test(exec)) throw new NetError(`${complaint}: no Id in it`)
  return exec
}

async function startExec (container: string, exec: string, tail: TailBuffer, ctx: CheckContext, scope: RunScope): Promise<void> {
  const reply = await call('start', container, scope, () => dockerCall(ctx.dockerHost, 'POST', `/exec/${exec}/start`, { Detach: false, Tty: false }, scope))
  if (reply.status === 200) {
    const stream = new RawStream(chunk => tail.write(Buffer.from(chunk)))
    await scope.wait<void>((resolve, reject) => {
      reply.body.on('data', (chunk: Buffer) => stream.write(chunk)).once('end', resolve).on('error', reject)
    })
    return stream.end()
  }
  const text = await replyText(reply, scope)
  if (reply.status === 404) throw new NetError(`start exec failed for container ${container}: invalid exec id ${exec}`)
  if (reply.status === 409) throw new NetError(`start exec failed since container ${container} is paused or stopped`)
  throw new NetError(`start exec failed for container ${container} with status ${reply.status}: body: ${cutOutput(text, ctx.outputMaxBytes)} err: <nil>`)
}

async function exitCode (container: string, exec: string, ctx: CheckContext, scope: RunScope): Promise<number> {
  const reply = await call('inspect', container, scope, () => dockerCall(ctx.dockerHost, 'GET', `/exec/${exec}/json`, undefined, scope))
  const text = await replyText(reply, scope)
  if (reply.status === 404) throw new NetError(`inspect exec failed for container ${container}: invalid exec id ${exec}`)
  if (reply.status !== 200) throw new NetError(`inspect exec failed for container ${container} with status ${reply.status}: ${cutOutput(text, ctx.outputMaxBytes)}`)
  const complaint = `inspect exec response for container ${container} cannot be parsed`
  const code = fieldOf(text, 'ExitCode', complaint)
  if (typeof code !== 'number') throw new NetError(`${complaint}: no ExitCode in it`)
  return code
}

async function call (what: string, container: string, scope: RunScope, make: () => Promise<DockerReply>): Promise<DockerReply> {
  try {
    return await make()
  } catch (error) {
    if (error instanceof RunEnded) throw error
    throw new NetError(`${what} exec failed for container ${container}: ${failureText(error)}`, { cause: error })
  }
}

/** One field of a JSON answer. */
function fieldOf (text: string, name: string, complaint: string): unknown {
  try {
    return (JSON.parse(text) as Record<string, unknown> | null)?.[name]
  } catch (error) {
    throw new NetError(`${complaint}: invalid character ${goQuote(text.slice(0, 1)).replaceAll('"', "'")} looking for beginning of value`, { cause: error })
  }
}
