import { ESLint } from 'eslint';
import { configFor, ruleSets } from '../schema-rules.mjs';

/** graphql-eslint's rule sets for schemas, over the schema file. */
export async function eslint({ schemaCopy, generatedDir }, report) {
  for (const ruleSet of Object.keys(ruleSets)) {
    const linter = new ESLint({
      cwd: generatedDir,
      overrideConfigFile: true,
      overrideConfig: [configFor(ruleSet, schemaCopy)],
      ignore: false,
    });
    const problems = (await linter.lintFiles([schemaCopy])).flatMap(({ messages }) => messages);
    const listed = problems.map(({ line, ruleId, message }) => `schema.graphql:${line} ${ruleId ?? ''} ${message}`);
    report.check(ruleSet, problems.length === 0, listed.join('\n'));
  }
}
