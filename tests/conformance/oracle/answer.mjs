// Answers requests as graphql-js does. Reads lines of JSON: first the schema's definition, then requests; writes one
// line for each request. The resolvers are those of ../toy.rs.
import { createInterface } from 'node:readline'
import {
  buildSchema, execute, getNullableType, GraphQLError, isNonNullType, isInputObjectType, Kind, parse, specifiedRules,
  typeFromAST, validate, valueFromASTUntyped,
} from 'graphql'

const fail = () => { throw new Error('broken') }
const mod = (n, by) => ((n % by) + by) % by
const thing = (n) => ({ __typename: 'Thing', n })
const dog = (n) => ({ __typename: 'Dog', n })
const cat = (n) => ({ __typename: 'Cat', n })
const robot = (n) => ({ __typename: 'Robot', n })
const node = (n) => [dog, cat, robot, () => null][mod(n, 4)](n)
const pet = (n) => (mod(n, 2) === 0 ? dog(n) : cat(n))
const text = (v) => (v === undefined || v === null ? 'null' : String(v))

const animal = {
  id: (o) => `${o.__typename.toLowerCase()}_${o.n}`,
  must: (o) => o.n,
  sibling: (o) => node(o.n + 1),
  echo: (o, { v }) => text(v),
}

const canonical = (v) => {
  if (Array.isArray(v)) return v.map(canonical)
  if (v && typeof v === 'object') return Object.fromEntries(Object.keys(v).sort().map((k) => [k, canonical(v[k])]))
  return v
}
const parcel = (p) => {
  if (p === null || p === undefined) return null
  const { weight, label, count, color, sizes, grid, inner, place, id, date, price } = p
  return {
    weight, ...('label' in p ? { label } : {}), count, color: color ?? null, sizes: sizes ?? null,
    grid: grid ?? null, inner: parcel(inner), place: placed(place), id: id ?? null, date: date ?? null,
    price: price ?? null,
  }
}
const placed = (p) => {
  if (p === null || p === undefined) return null
  return p.near ? { near: { x: p.near.x, y: p.near.y ?? null } } : { ...p }
}
const told = (v) => JSON.stringify(canonical(v))

const query = {
  thing: () => thing(0), thingMust: () => thing(1), node: (_, { n }) => node(n), pet: () => pet(0),
  badNull: fail, bad: fail, fine: () => 7,
  int: (_, a) => ('v' in a ? text(a.v) : 'absent'),
  intMust: (_, { v }) => v, intDefault: (_, { v }) => v, intDefaultNull: (_, { v }) => v,
  float: (_, { v }) => text(v), text: (_, { v }) => v, flag: (_, { v }) => v, id: (_, { v }) => v,
  color: (_, { v }) => v, ints: (_, { v }) => v, intsLoose: (_, { v }) => v, grid: (_, { v }) => v,
  colors: (_, { v }) => v, parcel: (_, { v }) => told(parcel(v)),
  parcels: (_, { v }) => told(v == null ? null : v.map(parcel)), place: (_, { v }) => told(placed(v)),
  date: (_, { v }) => v, anything: (_, { v }) => v !== undefined && v !== null,
}

const bump = (counter, by) => ({ __typename: 'Count', value: (counter.value += by) })

const resolvers = {
  Query: query,
  Mutation: {
    bump: (_, { by }, counter) => bump(counter, by), bumpMust: (_, __, counter) => bump(counter, 1),
    bumpBad: (_, __, counter) => { bump(counter, 1); return fail() },
  },
  Count: { value: (o) => o.value, bad: fail, badNull: fail, query: () => ({}) },
  Dog: {
    ...animal, name: () => 'Rex', narrow: fail, barks: () => true, owner: (o) => thing(o.n),
    toys: () => [0, 1, 2].map(thing),
  },
  Cat: { ...animal, name: fail, narrow: fail, must: fail, meows: () => false, owner: fail },
  Robot: { ...animal, name: () => null, narrow: (o) => o.n, serial: (o) => o.n },
  Thing: {
    ok: (o) => o.n, nothing: () => null, bad: fail, badNull: fail,
    third: (o) => (o.n % 3 === 2 ? fail() : o.n), thirdNull: (o) => (o.n % 3 === 2 ? fail() : o.n),
    thing: (o) => thing(o.n + 1), thingMust: (o) => thing(o.n + 1), thingBad: fail, thingBadMust: fail,
    things: () => [thing(0), null, thing(2)], thingsMust: () => [1, 2, 3].map(thing),
    thingsItem: () => [1, 2, 3].map(thing), thingsLoose: () => [5, 6].map(thing),
    table: () => [[thing(1), thing(2)], null, [thing(4)]], numbers: () => [1, 2, 3],
    badNumbers: () => [1, new Error('broken'), 3], badNumbersNull: () => [1, new Error('broken'), null, 4],
    badList: fail, node: (o, { n }) => node(n ?? o.n), nodeMust: () => cat(1),
    nodes: () => [0, 1, 2, 3, 4].map(node), pet: (_, { n }) => pet(n), pets: () => [0, 1, 2].map(pet),
    petsBad: () => [pet(0), new Error('broken'), pet(1)],
    named: (o) => (o.n % 2 === 0 ? dog(o.n) : robot(o.n)),
    nan: () => NaN, float: () => 0.25, color: () => 'GREEN', old: () => 'old',
  },
}

const checked = (name, pattern) => {
  const check = (value) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new GraphQLError(`${name} cannot be that`)
    return value
  }
  return {
    parseValue: check,
    parseLiteral: (ast) => check(ast.kind === Kind.STRING ? ast.value : undefined),
  }
}

// graphql-js 16.15 already has the draft's deprecated directives; the specification of September 2025 does not.
function asPublished(schema) {
  schema.getType('__Schema').getFields().directives.args = []
  const directive = schema.getType('__Directive').getFields()
  delete directive.isDeprecated
  delete directive.deprecationReason
  const places = schema.getType('__DirectiveLocation')
  places._values = places.getValues().filter((place) => place.name !== 'DIRECTIVE_DEFINITION')
}

function build(sdl) {
  const schema = buildSchema(sdl)
  asPublished(schema)
  for (const [type, fields] of Object.entries(resolvers)) {
    for (const [field, resolve] of Object.entries(fields)) {
      const definition = schema.getType(type).getFields()[field]
      if (!definition) throw new Error(`no ${type}.${field}`)
      definition.resolve = resolve
    }
  }
  Object.assign(schema.getType('LocalDate'), checked('LocalDate', /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/))
  Object.assign(schema.getType('Decimal'), checked('Decimal', /^-?[0-9]+(\.[0-9]+)?$/))
  Object.assign(schema.getType('Anything'), { parseLiteral: valueFromASTUntyped })
  return schema
}

// graphql-js 16.15 misses a nullable variable in a @oneOf object where the object itself is non-null.
function oneOfVariables(context) {
  return {
    OperationDefinition: {
      leave(operation) {
        const types = Object.fromEntries(operation.variableDefinitions.map(
          (d) => [d.variable.name.value, typeFromAST(context.getSchema(), d.type)]))
        for (const { node, parentType } of context.getRecursiveVariableUsages(operation)) {
          const parent = parentType && getNullableType(parentType)
          const type = types[node.name.value]
          if (isInputObjectType(parent) && parent.isOneOf && type && !isNonNullType(type)) {
            context.reportError(new GraphQLError('nullable variable in a @oneOf object', { nodes: [node] }))
          }
        }
      },
    },
  }
}

function conditionalSubscription(document) {
  const fragments = Object.fromEntries(
    document.definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION).map((d) => [d.name.value, d]))
  const seen = new Set()
  const conditional = (set) => set.selections.some((selection) => {
    if (selection.directives.some((d) => ['skip', 'include'].includes(d.name.value))) return true
    if (selection.kind === Kind.INLINE_FRAGMENT) return conditional(selection.selectionSet)
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD && fragments[selection.name.value]
    if (!fragment || seen.has(fragment)) return false
    seen.add(fragment)
    return conditional(fragment.selectionSet)
  })
  return document.definitions.some((d) => d.operation === 'subscription' && conditional(d.selectionSet))
}

function answer(schema, { query: source, variables, operationName }) {
  let document
  try {
    document = parse(source)
  } catch (error) {
    return { class: 'Syntax', why: error.message }
  }
  // The specification of September 2025 forbids this; graphql-js 16 throws when it meets a variable here.
  if (conditionalSubscription(document)) return { class: 'Validation', why: 'conditions at the root of a subscription' }
  const faults = validate(schema, document, [...specifiedRules, oneOfVariables])
  if (faults.length > 0) return { class: 'Validation', why: faults[0].message }
  const named = document.definitions.filter((d) => d.kind === Kind.OPERATION_DEFINITION)
  const chosen = operationName ? named.find((d) => d.name?.value === operationName) : named.length === 1 && named[0]
  if (chosen && chosen.operation === 'subscription') return { class: 'Ok' }
  const result = execute({
    schema, document, variableValues: variables, operationName, contextValue: { value: 0 }, rootValue: {},
  })
  if (result instanceof Promise) throw new Error('resolvers are synchronous')
  if (!('data' in result)) return { class: 'Input', why: result.errors[0].message }
  return {
    class: 'Ok',
    data: JSON.stringify(result.data),
    errors: (result.errors ?? []).map((e) => ({ path: e.path ?? null, message: e.message })),
  }
}

let schema
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const message = JSON.parse(line)
  if (schema === undefined) {
    schema = build(message.sdl)
    continue
  }
  process.stdout.write(`${JSON.stringify(answer(schema, message))}\n`)
}
