import { CodeEditor, CodeEditorWrapper } from '@jupyterlab/codeeditor';
import React from 'react';

import { useConsole } from '../context';
import { Hosted } from './hosted';

/** Code to read, coloured by JupyterLab's viewer. */
export function CodeView(props: { source: string; mimeType: string; label: string }): JSX.Element {
  const { editors } = useConsole();
  const { source, mimeType, label } = props;
  if (!editors) {
    return (
      <pre className="spx-Plain" tabIndex={0} aria-label={label}>
        {source}
      </pre>
    );
  }
  const { newInlineEditor } = editors.factoryService;
  const create = (): CodeEditorWrapper =>
    editor(newInlineEditor, source, mimeType, label, { readOnly: true });
  return <Hosted className="spx-Code" create={create} deps={[source, mimeType, label]} />;
}

/** A text to write, in JupyterLab's editor. Escape, then Tab leaves it. */
export function SourceEditor(props: {
  /** What it begins with; another one begins anew. */
  source: string;
  mimeType: string;
  label: string;
  onChange: (source: string) => void;
}): JSX.Element {
  const { editors } = useConsole();
  const { source, mimeType, label, onChange } = props;
  if (!editors) {
    return (
      <textarea
        key={source}
        className="jp-mod-styled spx-Source"
        aria-label={label}
        defaultValue={source}
        spellCheck={false}
        onChange={event => onChange(event.target.value)}
      />
    );
  }
  const { newDocumentEditor } = editors.factoryService;
  const create = (): CodeEditorWrapper => {
    const made = editor(newDocumentEditor, source, mimeType, label, { lineNumbers: true });
    const { sharedModel } = made.model;
    sharedModel.changed.connect(() => onChange(sharedModel.getSource()));
    return made;
  };
  return <Hosted className="spx-Source" create={create} deps={[source, mimeType, label]} />;
}

/** An editor that holds `source`, and says to a screen reader what that is. */
function editor(
  factory: CodeEditor.Factory,
  source: string,
  mimeType: string,
  label: string,
  config: Record<string, boolean>
): CodeEditorWrapper {
  const model = new CodeEditor.Model({ mimeType });
  model.sharedModel.setSource(source);
  const made = new CodeEditorWrapper({ factory, model, editorOptions: { config } });
  made.disposed.connect(() => model.dispose());
  made.node.querySelector('.cm-content')?.setAttribute('aria-label', label);
  return made;
}
