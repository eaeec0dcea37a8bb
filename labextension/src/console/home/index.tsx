import React from 'react';

import { CommandIDs } from '../../commands';
import { useConsole } from '../context';
import { CommandButton } from '../parts/buttons';
import { Frame, Section } from '../parts/frame';
import { Await } from '../parts/states';
import { PageLink } from '../parts/links';
import { useResource } from '../resource';
import { News } from './news';

/** The landing page: what SPIKE-X Lab is, and where to begin. */
export default function Home(): JSX.Element {
  const { client, trans } = useConsole();
  const health = useResource(() => client.health(), []);
  const features: [string, string][] = [
    [
      trans.__('A library written as equations'),
      trans.__(
        'Neurons, synapses, encoders and learning rules with units and papers. PyTorch, C++ and JavaScript are made from the same equations and checked against each other.'
      )
    ],
    [
      trans.__('Training that you watch'),
      trans.__(
        'Loss, accuracy and spikes as they come. Pause, stop and resume; a run goes on when the page is closed.'
      )
    ],
    [
      trans.__('Results that can be repeated'),
      trans.__(
        'A run keeps everything that decides its numbers: the model, the dataset, the seed, the versions.'
      )
    ],
    [
      trans.__('PyTorch all the way'),
      trans.__('Layers drop into your own networks; any module of yours becomes a model.')
    ]
  ];
  return (
    <Frame title={trans.__('SPIKE-X Lab')}>
      <p className="spx-Lead">
        {trans.__(
          'Build, train and look into neural networks, from a perceptron to spiking networks for neuromorphic hardware, without leaving JupyterLab.'
        )}
      </p>
      <div className="spx-Page-tools">
        <CommandButton command={CommandIDs.newModel} primary />
        <CommandButton
          command={CommandIDs.openQuickstart}
          label={trans.__('Take the tutorial')}
          primary
        />
        <PageLink page="dashboard">{trans.__('Go to the dashboard')}</PageLink>
      </div>
      <Section title={trans.__('What it does')}>
        <ul className="spx-Cards">
          {features.map(([title, text]) => (
            <li key={title} className="spx-Card">
              <b>{title}</b>
              <span>{text}</span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={trans.__('What is new')}>
        <News />
      </Section>
      <Section title={trans.__('About')}>
        <Await resource={health}>
          {({ version }) => (
            <p>
              {trans.__('SPIKE-X Lab %1, free software under the BSD 3-Clause licence.', version)}
            </p>
          )}
        </Await>
      </Section>
    </Frame>
  );
}
