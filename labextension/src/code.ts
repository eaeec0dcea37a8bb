import { Clipboard, Notification } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Python that opens a model and the panel to train it. */
export function modelCode(name: string): string {
  return `import spikex_lab as sx\n\nmodel = sx.Model.open(${pythonString(name)})\nsx.TrainingPanel(model)`;
}

/** Python that opens a model in the panel of this name in `sx`. */
export function panelCode(panel: string, name: string): string {
  return `import spikex_lab as sx\n\nsx.${panel}(sx.Model.open(${pythonString(name)}))`;
}

/** Python that opens a run in its panel, live or finished. */
export function runCode(id: string): string {
  return `import spikex_lab as sx\n\nrun = sx.Run.open(${pythonString(id)})\nsx.TrainingPanel(run)`;
}

/** A JSON string is a Python string literal too. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}

/** Put `code` into a cell of the open notebook, not executed; without a notebook, copy it. */
export function insertOrCopy(
  code: string,
  notebooks: INotebookTracker | null,
  trans: TranslationBundle
): 'inserted' | 'copied' {
  const panel = notebooks?.currentWidget;
  if (!panel || !panel.isVisible || !panel.content.model || panel.content.model.readOnly) {
    Clipboard.copyToSystem(code);
    Notification.info(trans.__('Code copied. Paste it into a notebook cell and run it.'), {
      autoClose: 4000
    });
    return 'copied';
  }
  const notebook = panel.content;
  const isEmptyCode =
    notebook.activeCell?.model.type === 'code' &&
    notebook.activeCell.model.sharedModel.getSource().trim() === '';
  if (!isEmptyCode) {
    NotebookActions.insertBelow(notebook);
  }
  notebook.activeCell?.model.sharedModel.setSource(code);
  notebook.activate();
  return 'inserted';
}
