import type { JupyterFrontEnd } from '@jupyterlab/application';
import { TabPanel, type Widget } from '@lumino/widgets';

/** Add a tab to the main area; in Notebook, whose main area holds one widget, beside the files. */
export function addToMain(shell: JupyterFrontEnd.IShell, widget: Widget): void {
  shell.add(widget, 'main', { type: 'SPIKE-X Console' });
  const current = shell.currentWidget;
  if (!widget.isAttached && current instanceof TabPanel) {
    current.addWidget(widget);
    current.currentWidget = widget;
  }
}
