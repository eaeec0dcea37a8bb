import { LabIcon } from '@jupyterlab/ui-components';

import spikex from '../style/icons/spikex.svg';

/** A membrane potential with two spikes. */
export const spikexIcon = new LabIcon({ name: 'spikex:logo', svgstr: spikex });

/** The same in the theme's own colour, for cards. */
export const spikexCardIcon = new LabIcon({
  name: 'spikex:card',
  svgstr: spikex.replace('jp-icon3', 'jp-icon-brand0').replace('#616161', '#1976d2')
});
