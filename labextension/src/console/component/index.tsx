import { duplicateIcon, editIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IComponent } from '../../types';
import { useConsole, useTitle } from '../context';
import type { IPageProps } from '../pages';
import { Button } from '../parts/buttons';
import { Frame, Section } from '../parts/frame';
import { Markdown } from '../parts/markdown';
import { MathML } from '../parts/mathml';
import { Await } from '../parts/states';
import { useResource } from '../resource';
import { Agreement } from './agreement';
import { CodeTabs } from './code';
import { Diagram } from './diagram';
import { Identity } from './identity';
import { Papers } from './papers';
import { isPlayable, PlaygroundSection } from './playground';
import { Quantities } from './quantities';
import { Decision, Reviews } from './reviews';
import { useLibrary } from '../library/client';

/**
 * One component of the library. Parameters: `component`, its id, and `waiting` where it is shown to a reviewer.
 */
export default function ComponentPage({ params }: IPageProps): JSX.Element {
  const { feed } = useConsole();
  const library = useLibrary();
  const { component: id, waiting } = params;
  const [version, setVersion] = React.useState<string | undefined>();
  // What a reviewer has decided on no longer waits, and may not be theirs to see.
  const decided = React.useRef<IComponent | null>(null);
  const component = useResource(async () => {
    if (waiting) {
      return decided.current ?? library.pending(id);
    }
    return library.component(id, version);
  }, [id, version]);
  const decide = (now: IComponent): void => {
    decided.current = now;
    void feed.refresh();
  };
  useTitle(component.data?.name);
  return (
    <Await resource={component}>
      {data => (
        <Whole
          component={data}
          waiting={Boolean(waiting)}
          onVersion={setVersion}
          onDecided={decide}
        />
      )}
    </Await>
  );
}

function Whole(props: {
  component: IComponent;
  waiting: boolean;
  onVersion: (version: string) => void;
  onDecided: (component: IComponent) => void;
}): JSX.Element {
  const { client, open, trans } = useConsole();
  const { component, waiting, onVersion, onDecided } = props;
  const { id, name, kind, definition, versions } = component;
  const me = useResource(() => client.me(), []);
  const isWaiting = waiting && component.state === 'pending';
  const isMine = versions.some(({ author }) => author === me.data?.name);
  const tools =
    component.state === 'bundled' ? (
      <Button
        label={trans.__('Begin one like it')}
        icon={duplicateIcon}
        title={trans.__('Write a component of your own that begins with this one')}
        onClick={() => open('contribute', { like: id, kind })}
      />
    ) : (
      isMine && (
        <Button
          label={trans.__('Edit')}
          icon={editIcon}
          title={trans.__('Write its next version, or hand it in')}
          onClick={() => open('contribute', { edit: id, kind })}
        />
      )
    );
  return (
    <Frame title={name} toolsLabel={trans.__('Component')} tools={tools}>
      <p className="spx-Lead">{component.summary}</p>
      <Identity component={component} waiting={waiting} onVersion={onVersion} />
      {isWaiting && <Decision component={component} onDecided={onDecided} />}
      {isPlayable(component) && <PlaygroundSection component={component} waiting={isWaiting} />}
      {component.equations && (
        <Section title={trans.__('Equations')}>
          <MathML source={component.equations} />
        </Section>
      )}
      <div className="spx-Columns">
        {component.description && (
          <Section title={trans.__('Description')}>
            <Markdown source={component.description} />
          </Section>
        )}
        {definition.diagram && (
          <Diagram component={component} file={definition.diagram} waiting={isWaiting} />
        )}
      </div>
      <Quantities component={component} />
      <CodeTabs code={component.code} name={name} />
      <Agreement component={component} />
      <Papers references={definition.references ?? []} />
      <Reviews component={component} />
    </Frame>
  );
}
