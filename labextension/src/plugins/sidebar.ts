import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';

import { CATEGORY, CommandIDs } from '../commands';
import { spikexIcon } from '../icons';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the panel is part of the start
import { Sidebar } from '../sidebar/panel';
import { IFeed } from '../tokens';

const NO_ARGS = { args: { type: 'object', properties: {} } };

/** The side bar with the models and the runs. */
export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:sidebar',
  description: 'Shows the models and the runs in the left side bar.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ) => {
    const language = translator ?? nullTranslator;
    const trans = language.load('spikex_lab');
    const { commands, shell } = app;
    commands.addCommand(CommandIDs.refresh, {
      label: args => (args.isToolbar ? '' : trans.__('Refresh Models and Runs')),
      caption: trans.__('Refresh models and runs'),
      icon: refreshIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            isToolbar: { type: 'boolean', description: trans.__('Called from a toolbar') }
          }
        }
      },
      execute: () => feed.refresh()
    });

    const sidebar = new Sidebar({ feed, commands, shell, translator: language });
    shell.add(sidebar, 'left', { rank: 800, type: 'SPIKE-X' });
    restorer?.add(sidebar, sidebar.id);

    commands.addCommand(CommandIDs.showSidebar, {
      label: trans.__('Show Models and Runs'),
      caption: trans.__('Show the SPIKE-X side bar'),
      icon: spikexIcon,
      describedBy: NO_ARGS,
      execute: () => shell.activateById(sidebar.id)
    });
    for (const command of [CommandIDs.showSidebar, CommandIDs.refresh]) {
      palette?.addItem({ command, category: CATEGORY });
    }
  }
};
