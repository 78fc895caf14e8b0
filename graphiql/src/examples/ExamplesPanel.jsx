import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { examples } from './index.js';

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round">
      <path d="M5 4h9l5 5v11H5z M14 4v5h5 M8.5 13h7 M8.5 16.5h4.5" strokeLinejoin="round" />
    </svg>
  );
}

/** Opens an example where it is already, else in a tab of its own. */
function useOpenExample() {
  const { addTab, changeTab } = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);

  return ({ query, variables }) => {
    const open = tabs.findIndex((tab) => tab.query === query);
    if (open >= 0) {
      changeTab(open);
      return;
    }
    addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
  };
}

function ExamplesPanel() {
  const openExample = useOpenExample();
  return (
    <section className="examples" aria-label="Examples">
      <div className="examples-title">Examples</div>
      <p>Operations as a client sends them, with variables to play with.</p>
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => openExample(example)}>
              <strong>{example.name}</strong>
              <span>{example.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A panel of the sidebar from which a closed example can be opened again. */
export function examplesPlugin() {
  return { title: 'Examples', icon: ExamplesIcon, content: ExamplesPanel };
}
