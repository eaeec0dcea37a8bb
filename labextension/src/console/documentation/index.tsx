import React from 'react';

import { CommandIDs } from '../../commands';
import { useConsole } from '../context';
import { CommandButton } from '../parts/buttons';
import { Frame, Section } from '../parts/frame';

/** Where to learn what: the tutorials, Python, the command line, the REST API. */
export default function Documentation(): JSX.Element {
  const { client, trans } = useConsole();
  const python = [
    'import spikex_lab as sx',
    '',
    'm = sx.Model.create("digits", template="snn-mlp", dataset="digits")',
    'run = m.train(epochs=5)                  # returns at once',
    'sx.TrainingPanel(run)                    # live, in a notebook',
    'run.wait(); run.metrics(); run.evaluate(split="test")',
    'help(sx)                                 # everything else'
  ];
  const shell = [
    'spikex demo                              # train on real handwritten digits',
    'spikex models list',
    'spikex runs follow RUN',
    'spikex --help                            # everything else'
  ];
  return (
    <Frame title={trans.__('Documentation')}>
      <Section title={trans.__('Tutorials')}>
        <p>{trans.__('Notebooks that run here as they are; yours to change.')}</p>
        <div className="spx-Page-tools">
          <CommandButton command={CommandIDs.openQuickstart} primary />
          <CommandButton command={CommandIDs.openNeurons} />
        </div>
      </Section>
      <Section title={trans.__('In a notebook')}>
        <Code lines={python} label={trans.__('Python examples')} />
      </Section>
      <Section title={trans.__('On the command line')}>
        <Code lines={shell} label={trans.__('Shell examples')} />
      </Section>
      <Section title={trans.__('For programs')}>
        <p>
          <a href={client.connection.url('openapi.json')} target="_blank" rel="noreferrer">
            {trans.__('The REST API, described (OpenAPI)')}
          </a>
        </p>
      </Section>
    </Frame>
  );
}

function Code(props: { lines: readonly string[]; label: string }): JSX.Element {
  return (
    <pre className="spx-Code" tabIndex={0} aria-label={props.label} role="region">
      <code>{props.lines.join('\n')}</code>
    </pre>
  );
}
