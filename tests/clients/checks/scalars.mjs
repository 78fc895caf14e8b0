import { isScalarType, isSpecifiedScalarType } from 'graphql';

/** How a TypeScript client holds each custom scalar. Amounts are exact decimal text. */
const TYPESCRIPT = {
  CountryCode: 'string',
  Currency: 'string',
  DateTime: 'string',
  Decimal: 'string',
  EmailAddress: 'string',
  JSON: 'unknown',
  LocalDate: 'string',
  Markdown: 'string',
  URL: 'string',
  YearMonth: 'string',
};

/** The custom scalars of a schema as `{ known: { name: type }, unknown: [name] }`. */
export function scalarsOf(schema) {
  const names = Object.values(schema.getTypeMap())
    .filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
    .map(({ name }) => name);
  return {
    known: Object.fromEntries(names.filter((name) => TYPESCRIPT[name]).map((name) => [name, TYPESCRIPT[name]])),
    unknown: names.filter((name) => !TYPESCRIPT[name]),
  };
}
