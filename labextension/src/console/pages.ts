import type { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon, homeIcon } from '@jupyterlab/ui-components';
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
