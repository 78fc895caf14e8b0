// Rules for the served schema. What is listed here is a decision, not an oversight: each entry says what it exempts.
import graphqlPlugin from '@graphql-eslint/eslint-plugin';

/** Values without an identity: they live inside the object that shows them, and a cache keeps them there. */
const VALUE_OBJECTS = [
  'ApplicationEvent',
  'ApplicationMoveResult',
  'ApplicationRating',
  'AuditDetail',
  'CandidateSkill',
  'CitedDemand',
  'CitedPlace',
  'CitedSalary',
  'Colleague',
  'Competition',
  'Course',
  'Education',
  'ExpectedPay',
  'Experience',
  'Facet',
  'FacetValue',
  'HistogramBin',
  'Job',
  'MarketGroup',
  'MarketPoint',
  'MarketSnapshot',
  'Match',
  'Money',
  'MoneyInterval',
  'Outlook',
  'PageInfo',
  'Pay',
  'PostingCopy',
  'PostingSyncResult',
  'RateLimit',
  'RoleSkill',
  'SalaryExclusion',
  'SalaryFactors',
  'SalarySnapshot',
  'SalaryStatistics',
  'ScreeningAnswer',
  'ScreeningQuestion',
  'SearchDemand',
  'SearchResults',
  'SeekerRatio',
  'SessionTokens',
  'SkillRequirement',
  'SkillRequirementCopy',
  'Suggestion',
  'Suppression',
  'TypicalExperience',
  'UploadHeader',
];

/** One entry for each rule set of graphql-eslint that the schema has to pass. */
export const ruleSets = {
  'schema-recommended': {
    ...graphqlPlugin.configs['flat/schema-recommended'].rules,
    '@graphql-eslint/strict-id-in-types': [
      'error',
      { exceptions: { types: VALUE_OBJECTS, suffixes: ['Connection', 'Edge', 'Error', 'Payload'] } },
    ],
  },
  'schema-relay': {
    ...graphqlPlugin.configs['flat/schema-relay'].rules,
    // Lists that are not connections (similar roles, requirements) hold their items directly.
    '@graphql-eslint/relay-edge-types': [
      'error',
      { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
    ],
  },
};

/** The configuration of one rule set over the schema file at `schemaPath`. */
export function configFor(ruleSet, schemaPath) {
  return {
    files: ['**/*.graphql'],
    languageOptions: {
      parser: graphqlPlugin.parser,
      parserOptions: { graphQLConfig: { schema: schemaPath } },
    },
    plugins: { '@graphql-eslint': graphqlPlugin },
    rules: ruleSets[ruleSet],
  };
}
