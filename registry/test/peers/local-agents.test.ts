// The short form of local-agents.ts.
import { localAgents } from './local-agents.js'

await localAgents({ downMs: 1500, whole: false })
