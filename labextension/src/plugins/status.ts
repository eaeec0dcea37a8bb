import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';

import { liveRuns, RunStatus } from '../status';
import { IFeed } from '../tokens';

/** Runs in progress in the status bar; nothing while there is none. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:status',
  description: 'Shows the runs in progress in the status bar.',
  autoStart: true,
  requires: [IFeed, IStatusBar],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    statusBar: IStatusBar,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const item = new RunStatus(
      feed,
      trans,
      () => void app.commands.execute(CommandIDs.showSidebar)
    );
    statusBar.registerStatusItem('@spikex/lab:runs', {
      item,
      align: 'left',
      rank: 20,
      isActive: () => liveRuns(feed).length > 0,
      activeStateChanged: item.turned
    });
    void app.restored.then(() => feed.watch('glance'));
  }
};
