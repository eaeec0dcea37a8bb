import { CodeEditorWrapper, CodeEditor, CodeViewerWidget } from '@jupyterlab/codeeditor';
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
  const create = (): CodeViewerWidget => {
    const viewer = CodeViewerWidget.createCodeViewer({
      factory: editors.factoryService.newInlineEditor,
      content: source,
      mimeType
    });
    name(viewer.node, label);
    return viewer;
  };
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
  const create = (): CodeEditorWrapper => {
    const model = new CodeEditor.Model({ mimeType });
    model.sharedModel.setSource(source);
    model.sharedModel.changed.connect(() => onChange(model.sharedModel.getSource()));
    const editor = new CodeEditorWrapper({
      factory: editors.factoryService.newDocumentEditor,
      model,
      editorOptions: { config: { lineNumbers: true } }
    });
    editor.disposed.connect(() => model.dispose());
    name(editor.node, label);
    return editor;
  };
  return <Hosted className="spx-Source" create={create} deps={[source, mimeType, label]} />;
}

/** Tell a screen reader what the editor in `node` holds. */
function name(node: HTMLElement, label: string): void {
  node.querySelector('.cm-content')?.setAttribute('aria-label', label);
}
