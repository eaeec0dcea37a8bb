import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { CATEGORY, CommandIDs } from '../commands';
import { explain } from '../errors';
import { spikexCardIcon } from '../icons';
import { IFeed } from '../tokens';

interface ITutorialCard {
  command: string;
  /** The notebook's file name without its ending. */
  notebook: string;
  /** On the launcher's card. */
  label: string;
  /** In the command palette. */
  title: string;
  caption: string;
}

/** The tutorials, in the order of their cards. */
function cards(trans: TranslationBundle): ITutorialCard[] {
  return [
    {
      command: CommandIDs.openQuickstart,
      notebook: '01_quickstart',
      label: trans.__('Quickstart'),
      title: trans.__('Open the Quickstart'),
      caption: trans.__('Build, train and watch a spiking network on real handwritten digits')
    },
    {
      command: CommandIDs.openNeurons,
      notebook: '02_neurons',
      label: trans.__('Neurons'),
      title: trans.__('Open the Neurons Tutorial'),
      caption: trans.__('Browse and simulate neurons, write one and train a network of it')
    }
  ];
}

/** The cards of the launcher and the commands that open the tutorial notebooks. */
export const tutorialsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:tutorials',
  description: 'Opens the SPIKE-X tutorials from the launcher and the command palette.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator, ILauncher, ICommandPalette, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    translator: ITranslator | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    files: IDefaultFileBrowser | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const { commands, serviceManager } = app;
    cards(trans).forEach(({ command, notebook, label, title, caption }, rank) => {
      commands.addCommand(command, {
        label: args => (args.isLauncher ? label : title),
        caption,
        icon: args => (args.isPalette ? undefined : spikexCardIcon),
        describedBy: {
          args: {
            type: 'object',
            properties: {
              cwd: {
                type: 'string',
                description: trans.__('Folder to put the notebook in; the current one by default')
              },
              isLauncher: { type: 'boolean', description: trans.__('Called from the launcher') },
              isPalette: { type: 'boolean', description: trans.__('Called from the palette') }
            }
          }
        },
        execute: async args => {
          const cwd = typeof args.cwd === 'string' ? args.cwd : (files?.model.path ?? '');
          try {
            const folder = serviceManager.contents.localPath(cwd);
            const tutorial = await feed.client.copyTutorial(notebook, folder);
            await commands.execute('docmanager:open', { path: tutorial.path });
          } catch (error) {
            Notification.error(explain(error, trans), { autoClose: false });
          }
        }
      });
      launcher?.add({ command, args: { isLauncher: true }, category: CATEGORY, rank });
      palette?.addItem({ command, args: { isPalette: true }, category: CATEGORY });
    });
  }
};
