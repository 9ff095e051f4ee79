// The long form of ../peers/local-agents.ts.
import { localAgents } from '../peers/local-agents.js'

await localAgents({ downMs: 30_000, whole: true })
