import type { TranslationBundle } from '@jupyterlab/translation';
import {
  LabIcon,
  buildIcon,
  homeIcon,
  infoIcon,
  kernelIcon,
  listIcon,
  runIcon,
  spreadsheetIcon,
  treeViewIcon,
  userIcon
} from '@jupyterlab/ui-components';
import type React from 'react';

import type { Params } from './context';

/** What a page is given: what tells it apart from other pages of its kind. */
export interface IPageProps {
  params: Params;
}

/** The module of a page, loaded when the page is first opened. */
export interface IPageModule {
  default: React.ComponentType<IPageProps>;
}

/** One kind of page of the Console. */
export interface IPageDefinition {
  /** In commands, addresses and the layout that is restored. */
  id: string;
  label: string;
  caption: string;
  icon: LabIcon;
  /** The parameters that it cannot do without; a page that has some is opened from other pages. */
  needs: readonly string[];
  load: () => Promise<IPageModule>;
}

/** The pages, in the order of the menu. A new page is a folder here and an entry below. */
export function pages(trans: TranslationBundle): IPageDefinition[] {
  const page = (
    id: string,
    label: string,
    caption: string,
    icon: LabIcon,
    load: () => Promise<IPageModule>,
    needs: readonly string[] = []
  ): IPageDefinition => ({ id, label, caption, icon, load, needs });
  return [
    page(
      'home',
      trans.__('Home'),
      trans.__('What SPIKE-X Lab is, and where to begin'),
      homeIcon,
      () => import('./home')
    ),
    page(
      'dashboard',
      trans.__('Dashboard'),
      trans.__('What is going on: runs, models, the machine'),
      spreadsheetIcon,
      () => import('./dashboard')
    ),
    page(
      'models',
      trans.__('Models'),
      trans.__('All models'),
      treeViewIcon,
      () => import('./models')
    ),
    page(
      'experiments',
      trans.__('Experiments'),
      trans.__('Experiments from a file'),
      buildIcon,
      () => import('./experiments')
    ),
    page('runs', trans.__('Runs'), trans.__('All runs'), runIcon, () => import('./runs')),
    page(
      'compute',
      trans.__('Compute'),
      trans.__('Where runs go: devices and targets'),
      kernelIcon,
      () => import('./compute')
    ),
    page(
      'documentation',
      trans.__('Documentation'),
      trans.__('Tutorials and where to read on'),
      infoIcon,
      () => import('./documentation')
    ),
    page(
      'account',
      trans.__('Account'),
      trans.__('Your name, access for programs, storage'),
      userIcon,
      () => import('./account')
    ),
    page(
      'model',
      trans.__('Model'),
      trans.__('A model: its versions and runs'),
      treeViewIcon,
      () => import('./model'),
      ['model']
    ),
    page(
      'run',
      trans.__('Run'),
      trans.__('A run: its curves and what it left'),
      runIcon,
      () => import('./run'),
      ['run']
    ),
    page(
      'comparison',
      trans.__('Comparison'),
      trans.__('Several runs side by side'),
      listIcon,
      () => import('./comparison'),
      ['runs']
    )
  ];
}

/** The id of the tab of a page: one tab for each thing that a kind of page can show. */
export function pageId(page: string, params: Params): string {
  const parts = Object.keys(params)
    .sort()
    .map(name => `${name}=${params[name]}`);
  return ['spikex-console', page, ...parts].join(':');
}
