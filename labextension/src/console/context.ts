import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';

import type { Client } from '../client';
import type { IFeed } from '../tokens';

/** What tells the things of one kind of page apart, such as the id of a run. */
export type Params = Readonly<Record<string, string>>;

/** What every page and its parts may use. */
export interface IConsoleContext {
  readonly client: Client;
  readonly feed: IFeed;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
  /** Whether the page can be seen: one that cannot asks the server for nothing. */
  readonly visible: boolean;
  /** Execute a command; what goes wrong is told by the command. */
  execute: (command: string, args?: ReadonlyPartialJSONObject) => void;
  /** Open a page of the Console. */
  open: (page: string, params?: Params) => void;
  /** Call the page's tab by this name. */
  setTitle: (title: string) => void;
}

export const ConsoleContext = React.createContext<IConsoleContext | null>(null);

/** The Console that a component is part of. */
export function useConsole(): IConsoleContext {
  const context = React.useContext(ConsoleContext);
  if (context === null) {
    throw new Error('This component belongs in a page of the Console.');
  }
  return context;
}

/** Call the page's tab by this name once it is known. */
export function useTitle(title: string | undefined): void {
  const { setTitle } = useConsole();
  React.useEffect(() => {
    if (title) {
      setTitle(title);
    }
  }, [title]);
}
