import type { TranslationBundle } from '@jupyterlab/translation';
import {
  LabIcon,
  editIcon,
  extensionIcon,
  homeIcon,
  spreadsheetIcon
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
  /** Whether the side bar's menu leads there; other pages are opened from pages. */
  inMenu: boolean;
  load: () => Promise<IPageModule>;
}

/** The pages, in the order of the menu. A new page is a folder here and an entry below. */
export function pages(trans: TranslationBundle): IPageDefinition[] {
  return [
    {
      id: 'home',
      label: trans.__('Home'),
      caption: trans.__('What SPIKE-X Lab is, and where to begin'),
      icon: homeIcon,
      inMenu: true,
      load: () => import('./home')
    },
    {
      id: 'datasets',
      label: trans.__('Datasets'),
      caption: trans.__('The data to train on: look at it, upload it, fetch what everybody knows'),
      icon: spreadsheetIcon,
      inMenu: true,
      load: () => import('./datasets')
    },
    {
      id: 'library',
      label: trans.__('Library'),
      caption: trans.__('Neurons, synapses and all else that a network is made of'),
      icon: extensionIcon,
      inMenu: true,
      load: () => import('./library')
    },
    {
      id: 'component',
      label: trans.__('Component'),
      caption: trans.__('One component of the library'),
      icon: extensionIcon,
      inMenu: false,
      load: () => import('./component')
    },
    {
      id: 'contribute',
      label: trans.__('New Component'),
      caption: trans.__('Write a component of your own, and hand it in for review'),
      icon: editIcon,
      inMenu: false,
      load: () => import('./contribute')
    }
  ];
}

/** The id of the tab of a page: one tab for each thing that a kind of page can show. */
export function pageId(page: string, params: Params): string {
  const parts = Object.keys(params)
    .sort()
    .map(name => `${name}=${params[name]}`);
  return ['spikex-console', page, ...parts].join(':');
}
