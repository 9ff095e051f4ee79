// What an engine says that does not open.
import { EngineError } from '../../src/engine/engine.js'
import { embeddedEngine } from '../../src/engine/embedded.js'
import { Recorder, jsonCodec } from './recorder.js'
import type { EmbeddedOptions } from '../../src/engine/embedded.js'

/** Opens, closes and gives what was refused. */
export async function refusal (dir: string, options?: EmbeddedOptions): Promise<EngineError | undefined> {
  const engine = embeddedEngine(dir, jsonCodec, options)
  try {
    await engine.open(new Recorder())
    return undefined
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return error
  } finally {
    await engine.close()
  }
}
