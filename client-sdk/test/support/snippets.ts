// The TypeScript of READMEs, as files that a compiler takes: what an example leaves to its reader is declared around it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const folder = fileURLToPath(new URL('../../.cache/snippets/', import.meta.url))

/** Blocks marked as `ts`, in order. */
export const snippetsOf = (file: URL): string[] => [...readFileSync(file, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(match => match[1]!)

/** What examples use and do not make themselves, by name. */
const around: Readonly<Record<string, string>> = {
  roster: "declare const roster: import('@roster/client').RosterClient",
  payments: "declare const payments: import('@roster/client').Service",
  server: "declare const server: import('node:http').Server",
  database: 'declare const database: { end (): Promise<void> }',
  connect: "import { connect } from 'node:net'",
  reconfigure: "declare function reconfigure (instances: readonly import('@roster/client').Instance[]): void",
}

export function compilable (snippet: string): string {
  const made = (name: string) => new RegExp(`(?:const|let|function|import \\{[^}]*)\\s*\\b${name}\\b`).test(snippet)
  const needed = Object.entries(around).filter(([name]) => new RegExp(`(?<![.\\w'])${name}\\b`).test(snippet) && !made(name)).map(([, text]) => text)
  return `${needed.join('\n')}\n${snippet}\nexport {}\n`
}

/** Messages of the compiler. */
export function compile (files: Readonly<Record<string, string>>, resolution: 'nodenext' | 'bundler'): string[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}package.json`, '{ "type": "module" }')
  const names = Object.entries(files).map(([name, text]) => {
    writeFileSync(folder + name, text)
    return folder + name
  })
  const program = ts.createProgram(names, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    skipLibCheck: true,
    ...resolution === 'nodenext' ? { module: ts.ModuleKind.NodeNext } : { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  })
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => `${file?.fileName.replace(folder, '') ?? ''}:${file === undefined ? 0 : file.getLineAndCharacterOfPosition(start!).line + 1} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

/** What entries of the package export, a line each: a change of it is a change for users. @param root folder of the declarations */
export function exportsOf (entries: readonly string[], root: string): Map<string, string[]> {
  const files = entries.map(entry => `${root}${entry}.d.ts`)
  const program = ts.createProgram(files, { strict: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [], skipLibCheck: true })
  const checker = program.getTypeChecker()
  return new Map(entries.map((entry, i) => [entry, checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(files[i]!)!)!).map(exported => lineOf(checker, exported)).sort()]))
}

function lineOf (checker: ts.TypeChecker, exported: ts.Symbol): string {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const declaration = symbol.declarations![0]!
  const kind = ts.SyntaxKind[declaration.kind].replace('Declaration', '').toLowerCase()
  // Its own members: those that it inherits of Error or of a library are not ours.
  const members = ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration)
    ? [...symbol.members?.values() ?? []].filter(({ flags, escapedName, declarations = [] }) => !(flags & (ts.SymbolFlags.TypeParameter | ts.SymbolFlags.Constructor)) && !String(escapedName).startsWith('__#') && !declarations.some(one => ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Private)).map(({ name, flags }) => name + (flags & ts.SymbolFlags.Optional ? '?' : '')).filter(name => !name.startsWith('__'))
    : []
  return `${exported.name} ${kind}${members.length === 0 ? '' : ` { ${members.sort().join(', ')} }`}`
}
