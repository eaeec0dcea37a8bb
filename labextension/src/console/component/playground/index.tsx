import React from 'react';

import type { IComponent } from '../../../types';
import { useConsole } from '../../context';
import { Section } from '../../parts/frame';
import { Await } from '../../parts/states';
import { useResource } from '../../resource';
import { Playground } from './playground';
import { loadModule } from './module';
import { useLibrary } from '../../library/client';

/** Whether a component has JavaScript of its equations to play with. */
export function isPlayable({ id, files, definition }: IComponent): boolean {
  return files.includes(`${id.split('/')[1]}.js`) && !definition.code?.javascript;
}

/** A component to play with, run by the JavaScript that follows from its equations. */
export function PlaygroundSection(props: { component: IComponent; waiting: boolean }): JSX.Element {
  const { trans } = useConsole();
  const library = useLibrary();
  const { id, version, definition } = props.component;
  const url = library.moduleUrl({ id, version, waiting: props.waiting });
  const module = useResource(() => loadModule(url), [url]);
  return (
    <Section title={trans.__('Playground')}>
      <Await resource={module}>
        {loaded => <Playground key={url} definition={definition} module={loaded} />}
      </Await>
    </Section>
  );
}
