import { Clipboard, Notification } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { useConsole } from '../context';
import { Button } from '../parts/buttons';
import { CodeView } from '../parts/code';
import { Section } from '../parts/frame';
import { Tabs } from '../parts/tabs';

const LANGUAGES: readonly [id: string, label: string, mimeType: string][] = [
  ['python', 'Python', 'text/x-python'],
  ['cpp', 'C++', 'text/x-c++src'],
  ['javascript', 'JavaScript', 'text/javascript'],
  ['latex', 'LaTeX', 'text/x-latex'],
  ['mathml', 'MathML', 'text/xml']
];

/** A component's code in every language that it is to be had in, to read and to copy. */
export function CodeTabs(props: {
  code: Record<string, string>;
  name: string;
}): JSX.Element | null {
  const { trans } = useConsole();
  const { code, name } = props;
  const tabs = LANGUAGES.filter(([id]) => code[id]).map(([id, label, mimeType]) => ({
    id,
    label,
    content: () => (
      <CodeView
        key={id}
        source={code[id]}
        mimeType={mimeType}
        label={trans.__('%1 in %2', name, label)}
      />
    )
  }));
  if (tabs.length === 0) {
    return null;
  }
  const copy = (id: string): void => {
    Clipboard.copyToSystem(code[id]);
    Notification.info(trans.__('Code copied.'), { autoClose: 3000 });
  };
  return (
    <Section title={trans.__('Code')}>
      <Tabs
        label={trans.__('Languages')}
        tabs={tabs}
        tools={id => <Button label={trans.__('Copy')} icon={copyIcon} onClick={() => copy(id)} />}
      />
    </Section>
  );
}
