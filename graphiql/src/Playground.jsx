import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { examplesPlugin } from './examples/ExamplesPanel.jsx';
import { firstVariables, startingTabs } from './examples/index.js';
import { SessionBar } from './session/SessionBar.jsx';
import { session } from './session/store.js';
import { GRAPHQL_URL, createTransport } from './transport.js';

const transport = createTransport(GRAPHQL_URL, () => session.bearer());
const plugins = [examplesPlugin(), explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN];

/** The whole page: who is signed in above, GraphiQL with the example operations below. */
export function Playground() {
  return (
    <>
      <SessionBar />
      <main className="playground-editor">
        <GraphiQL
          fetcher={transport}
          plugins={plugins}
          defaultTabs={startingTabs}
          initialVariables={firstVariables}
          defaultEditorToolsVisibility="variables"
          inputValueDeprecation
          schemaDescription
        >
          <GraphiQL.Logo>
            <a className="playground-schema-link" href="schema.graphql" target="_blank" rel="noreferrer">
              schema.graphql
            </a>
          </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}
