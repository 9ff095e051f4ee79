// The engine that keeps nothing keeps every other promise.
import t from 'tap'
import { memoryEngine } from '../../src/engine/memory.js'
import { contract } from './contract.js'

contract(t, async () => ({ engine: memoryEngine() }))
