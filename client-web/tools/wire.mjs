// Writes src/wire/generated.ts from the server's own descriptions: server/openapi.json (HTTP) and
// tests/vectors/schema (frames). `--check` compares instead of writing, so that a forgotten run fails the gate.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const target = join(root, 'client-web/src/wire/generated.ts')
const api = JSON.parse(readFileSync(join(root, 'server/openapi.json'), 'utf8'))

const schemas = new Map(Object.entries(api.components.schemas))
const frames = { client: [], server: [] }
for (const file of readdirSync(join(root, 'tests/vectors/schema')).sort()) {
  const [side, word] = file.split('.')
  const schema = JSON.parse(readFileSync(join(root, 'tests/vectors/schema', file), 'utf8'))
  const own = {}
  for (const name of Object.keys(schema.$defs ?? {})) own[name] = name
  for (const [name, inner] of Object.entries(schema.$defs ?? {})) {
    // Both doors share most shapes; where a frame's differs under the same name it gets a name of its own.
    if (schemas.has(name) && !alike(schemas.get(name), inner)) own[name] = `Frame${name}`
    if (!schemas.has(own[name])) schemas.set(own[name], renamed(inner, own))
  }
  const name = pascal(`${side}_${word}`)
  schemas.set(name, renamed(schema, own))
  frames[side].push(name)
}

function alike(one, two) {
  const fields = (schema) => JSON.stringify([Object.keys(schema.properties ?? {}).sort(), [...(schema.required ?? [])].sort()])
  return fields(one) === fields(two)
}
function renamed(schema, names) {
  return JSON.parse(JSON.stringify(schema), (key, value) => {
    if (key !== '$ref') return value
    const name = value.split('/').at(-1)
    return value.replace(name, names[name] ?? name)
  })
}
function pascal(words) {
  return words
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
const referred = (schema) => schema.$ref?.split('/').at(-1)

/** The valibot expression of a JSON schema. Unknown fields are left out, so that a newer server can say more. */
function parser(schema) {
  const name = referred(schema)
  if (name) return `${name}Schema`
  if (schema.const !== undefined) return `v.literal(${JSON.stringify(schema.const)})`
  if (schema.enum) {
    return schema.enum.length === 1
      ? `v.literal(${JSON.stringify(schema.enum[0])})`
      : `v.picklist(${JSON.stringify(schema.enum)})`
  }
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) {
    const solid = choices.filter((choice) => choice.type !== 'null')
    const one = solid.length === 1 ? parser(solid[0]) : `v.union([${solid.map(parser).join(', ')}])`
    return solid.length < choices.length ? `v.nullable(${one})` : one
  }
  if (schema.allOf)
    return schema.allOf.length === 1
      ? parser(schema.allOf[0])
      : `v.intersect([${schema.allOf.map(parser).join(', ')}])`
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  const solid = types.filter((type) => type !== 'null').map((type) => single(schema, type))
  const one = solid.length === 1 ? solid[0] : `v.union([${solid.join(', ')}])`
  return types.length > solid.length ? `v.nullable(${one})` : one
}

function single(schema, type) {
  switch (type) {
    case 'string':
      return 'v.string()'
    case 'integer':
    case 'number':
      return 'v.number()'
    case 'boolean':
      return 'v.boolean()'
    case 'array':
      return `v.array(${parser(schema.items ?? {})})`
    case 'object':
      return schema.properties ? object(schema) : 'v.record(v.string(), v.unknown())'
    default:
      return schema.properties ? object(schema) : 'v.unknown()'
  }
}

function object(schema) {
  const required = new Set(schema.required ?? [])
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const inner = parser(field)
    return `  ${name}: ${required.has(name) ? inner : `v.optional(${inner})`},`
  })
  return `v.object({\n${fields.join('\n')}\n})`
}

/** Schemas in an order in which each stands after what it names. */
function ordered() {
  const done = new Set()
  const order = []
  const visit = (name) => {
    if (done.has(name)) return
    done.add(name)
    JSON.stringify(schemas.get(name), (key, value) => {
      if (key === '$ref') visit(value.split('/').at(-1))
      return key === '$defs' ? undefined : value
    })
    order.push(name)
  }
  for (const name of schemas.keys()) visit(name)
  return order
}

function routeName(method, path) {
  const words = path
    .replace('/api/v1/', '')
    .split('/')
    .filter((part) => !part.startsWith('{'))
  const last = path.split('/').at(-1)
  const one = last.startsWith('{') ? `One` : ''
  return method + pascal(words.join('_')) + one
}

function route(method, path, operation) {
  const parameters = operation.parameters ?? []
  const kind = (place) => parameters.filter((parameter) => parameter.in === place)
  const type = (schema) =>
    /integer|number/.test(String(schema?.type)) ? 'number' : schema?.type === 'boolean' ? 'boolean' : 'string'
  const shape = (list) =>
    list.map((one) => `${one.name}${one.required ? '' : '?'}: ${type(one.schema)}`).join('; ')
  const body = operation.requestBody?.content?.['application/json']?.schema
  const good = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))
  const answer = good?.[1].content?.['application/json']?.schema
  const out = answer ? parser(answer) : 'undefined'
  const generic = [
    kind('path').length ? `{ ${shape(kind('path'))} }` : 'None',
    kind('query').length ? `{ ${shape(kind('query'))} }` : 'None',
    body ? (referred(body) ?? 'unknown') : 'None',
    answer ? (referred(answer) ?? 'unknown') : 'undefined',
  ]
  const text = (operation.summary ?? '').split('\n')[0].replaceAll('*/', '')
  return `/** ${text} */\nexport const ${routeName(method, path)} = /*#__PURE__*/ route<${generic.join(', ')}>('${method.toUpperCase()}', '${path}', ${out})`
}

const names = ordered()
const inputs = new Set()
for (const operations of Object.values(api.paths)) {
  for (const operation of Object.values(operations)) {
    const name = referred(operation.requestBody?.content?.['application/json']?.schema ?? {})
    if (name) inputs.add(name)
  }
}
const definitions = names.map((name) => {
  const schema = schemas.get(name)
  const kind = inputs.has(name) || frames.client.includes(name) ? 'InferInput' : 'InferOutput'
  return `${schema.description ? `/** ${schema.description.replaceAll('*/', '').replaceAll('\n', ' ')} */\n` : ''}export const ${name}Schema = /*#__PURE__*/ ${parser(schema)}\nexport type ${name} = v.${kind}<typeof ${name}Schema>`
})
// Routes that a browser does not call as one question and one answer stand in net/ by hand.
const byHand = /\/(socket|events|frames)$|\/export$|\/attachments|openapi/
const routes = Object.entries(api.paths).flatMap(([path, operations]) =>
  byHand.test(path)
    ? []
    : Object.entries(operations).map(([method, operation]) => route(method, path, operation)),
)

const text = `// Generated by tools/wire.mjs from server/openapi.json and tests/vectors/schema. Do not edit.
import * as v from 'valibot'
import { route, type None } from './route'

${definitions.join('\n\n')}

export const ServerFrameSchema = /*#__PURE__*/ v.variant('type', [${frames.server.map((name) => `${name}Schema`).join(', ')}])
export type ServerFrame = v.InferOutput<typeof ServerFrameSchema>
export type ClientFrame = ${frames.client.join(' | ')}

${routes.join('\n\n')}
`

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('src/wire/generated.ts is not what the server describes: npm run generate')
    process.exit(1)
  }
} else writeFileSync(target, text)
