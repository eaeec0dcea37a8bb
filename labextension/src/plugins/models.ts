import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CATEGORY, CommandIDs } from '../commands';
import { explain } from '../errors';
import { spikexCardIcon, spikexIcon } from '../icons';
import { IFeed } from '../tokens';

/** The command and the card for a new model. */
export const modelsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:models',
  description: 'Makes new models.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator, ILauncher, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    translator: ITranslator | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const { commands } = app;
    commands.addCommand(CommandIDs.newModel, {
      label: args => (args.isLauncher ? trans.__('New Model') : trans.__('New Model…')),
      caption: trans.__('Make a model from a template, and open it in the Lab'),
      icon: args => (args.isPalette ? undefined : args.isLauncher ? spikexCardIcon : spikexIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            name: { type: 'string', description: trans.__('Name to begin with') },
            template: { type: 'string', description: trans.__('Template to begin with') },
            dataset: { type: 'string', description: trans.__('Dataset to begin with') },
            isLauncher: { type: 'boolean', description: trans.__('Called from the launcher') },
            isPalette: { type: 'boolean', description: trans.__('Called from the palette') }
          }
        }
      },
      execute: async args => {
        try {
          const { askNewModel } = await import('../models/create');
          const model = await askNewModel(feed.client.connection, args, trans);
          if (model) {
            void feed.refresh();
            await commands.execute(CommandIDs.openLab, { model });
          }
          return model;
        } catch (error) {
          Notification.error(explain(error, trans), { autoClose: false });
          return null;
        }
      }
    });
    const command = CommandIDs.newModel;
    launcher?.add({ command, args: { isLauncher: true }, category: CATEGORY, rank: -2 });
    palette?.addItem({ command, args: { isPalette: true }, category: CATEGORY });
  }
};
