import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import { ConsoleContext, type IConsoleContext, type Params } from './context';
import type { IPageDefinition, IPageModule } from './pages';
import { Await, Failure } from './parts/states';
import { useResource } from './resource';

type Services = Omit<IConsoleContext, 'visible' | 'setTitle'>;

/** The content of a Console tab: a page, loaded when it is first seen. */
export class Page extends ReactWidget {
  constructor(
    readonly definition: IPageDefinition,
    readonly params: Params,
    private readonly services: Services
  ) {
    super();
    this.addClass('spx-Console');
    this.title.label = definition.label;
    this.title.caption = definition.caption;
    this.title.icon = definition.icon;
    this.title.closable = true;
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.update();
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.update();
  }

  protected override render(): JSX.Element {
    const context = {
      ...this.services,
      visible: this.isVisible,
      setTitle: this._setTitle
    };
    return (
      <ConsoleContext.Provider value={context}>
        <Guard>
          <Loader definition={this.definition} params={this.params} />
        </Guard>
      </ConsoleContext.Provider>
    );
  }

  private readonly _setTitle = (title: string): void => {
    this.title.label = title;
  };
}

/** The main-area tab of a page. */
export class PageWidget extends MainAreaWidget<Page> {
  constructor(page: Page, id: string) {
    super({ content: page });
    this.id = id;
    this.addClass('spx-PageWidget');
    this.toolbar.hide();
    const name = (): void => {
      page.node.setAttribute('aria-label', page.title.label);
    };
    page.title.changed.connect(name);
    name();
  }
}

function Loader(props: { definition: IPageDefinition; params: Params }): JSX.Element {
  const { definition, params } = props;
  const module = useResource<IPageModule>(definition.load, [definition]);
  return <Await resource={module}>{({ default: Content }) => <Content params={params} />}</Await>;
}

/** Shows a page's own mistake in its place, so that the rest of JupyterLab goes on. */
class Guard extends React.Component<{ children: React.ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): React.ReactNode {
    const { error } = this.state;
    return error === null ? (
      this.props.children
    ) : (
      <Failure error={error} retry={() => this.setState({ error: null })} />
    );
  }
}
