// The package's public face. Internals are not importable.

export * from './api/index.js'
