import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { addBelowIcon } from '@jupyterlab/ui-components';

import { insertOrCopy, modelCode, runCode } from '../code';
import { CATEGORY, CommandIDs } from '../commands';
import { explain } from '../errors';
import { spikexIcon } from '../icons';
import { IFeed } from '../tokens';

/** Commands that put the code for a model or a run into the open notebook. */
export const codePlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:code',
  description: 'Puts the code that opens a model or a run into the open notebook.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator, INotebookTracker, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    translator: ITranslator | null,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    app.commands.addCommand(CommandIDs.insertModelCode, {
      label: trans.__('Insert Code for the Model'),
      caption: trans.__('Put the code that opens this model into the open notebook, or copy it'),
      icon: addBelowIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: { model: { type: 'string', description: trans.__('Name of the model') } },
          required: ['model']
        }
      },
      isEnabled: args => typeof args.model === 'string',
      execute: args => insertOrCopy(modelCode(args.model as string), notebooks, trans)
    });
    app.commands.addCommand(CommandIDs.insertRunCode, {
      label: trans.__('Insert Code for the Run'),
      caption: trans.__('Put the code that opens this run into the open notebook, or copy it'),
      icon: addBelowIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: { run: { type: 'string', description: trans.__('Id of the run') } },
          required: ['run']
        }
      },
      isEnabled: args => typeof args.run === 'string',
      execute: args => insertOrCopy(runCode(args.run as string), notebooks, trans)
    });
    app.commands.addCommand(CommandIDs.insertPanel, {
      label: args => (args.toolbar ? '' : trans.__('Insert a SPIKE-X Panel…')),
      caption: trans.__('Put the code that shows a model in a panel into the notebook'),
      icon: spikexIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            toolbar: { type: 'boolean', description: trans.__('Called from a toolbar') }
          }
        }
      },
      execute: async () => {
        try {
          const { askPanel } = await import('../models/panel');
          const code = await askPanel(feed.client, trans);
          return code && insertOrCopy(code, notebooks, trans);
        } catch (error) {
          Notification.error(explain(error, trans), { autoClose: false });
          return null;
        }
      }
    });
    palette?.addItem({ command: CommandIDs.insertPanel, category: CATEGORY });
  }
};
