import { HTMLSelect, undoIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IDefinition } from '../../../types';
import { useConsole } from '../../context';
import { Button } from '../../parts/buttons';
import { Bench } from './bench';
import { PictureCanvas } from './canvas';
import { Controls } from './controls';
import { isCurve, type IModule } from './module';
import { rangeOf } from './range';
import { curves, traces, type IPicture } from './rows';
import { MOST_STEPS, usualSettings, type ISettings } from './settings';
import { Slider } from './slider';
import { summary } from './summary';

/** How long, in ms, the words below the picture wait: a screen reader has to keep up. */
const PAUSE = 400;

/** Sliders for parameters and inputs, and the trace that follows them at once. */
export function Playground(props: { definition: IDefinition; module: IModule }): JSX.Element {
  const { trans } = useConsole();
  const { definition, module } = props;
  const [settings, setSettings] = React.useState(() => usualSettings(definition, module));
  const [reach, setReach] = React.useState(() => usualReach(definition));
  const [words, setWords] = React.useState('');
  const [rows, setRows] = React.useState(3);
  const bench = React.useMemo(() => new Bench(definition, module), [definition, module]);
  const curve = isCurve(module);
  const timer = React.useRef(0);
  React.useEffect(() => () => window.clearTimeout(timer.current), []);

  const picture = React.useCallback((): IPicture => {
    let told = '';
    let made: IPicture;
    if (curve) {
      made = curves(definition, module, settings, reach, trans);
    } else {
      const trace = bench.run(settings);
      told = summary(definition, trace, settings, trans);
      made = traces(definition, trace, settings, trans);
    }
    setRows(made.rows.length);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setWords(told), PAUSE);
    return made;
  }, [bench, settings, reach]);

  const reset = (preset = settings.preset): void =>
    setSettings(usualSettings(definition, module, preset));
  const change = React.useCallback(
    (update: (last: ISettings) => ISettings) => setSettings(update),
    []
  );
  const setTime = React.useCallback(
    (name: string, value: number) => setSettings(last => ({ ...last, [name]: value })),
    []
  );
  const usual = React.useMemo(
    () => usualSettings(definition, module, settings.preset),
    [definition, module, settings.preset]
  );
  const presets = Object.entries(definition.presets ?? {});
  const about = definition.presets?.[settings.preset]?.doc;
  const ms = trans.__('ms');
  return (
    <div className="spx-Playground">
      <div className="spx-Playground-controls">
        <div className="spx-Playground-top">
          {presets.length > 0 && (
            <label className="spx-Choice">
              <span>{trans.__('Preset')}</span>
              <HTMLSelect value={settings.preset} onChange={event => reset(event.target.value)}>
                <option value="">{trans.__('defaults')}</option>
                {presets.map(([name]) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </HTMLSelect>
            </label>
          )}
          <Button label={trans.__('Reset')} icon={undoIcon} onClick={() => reset()} />
        </div>
        {about && <p className="spx-Muted">{about}</p>}
        <Controls
          definition={definition}
          settings={settings}
          usual={usual}
          withInputs={curve ? 'others' : 'all'}
          onChange={change}
        />
        <fieldset className="spx-Controls">
          <legend>{curve ? trans.__('Input') : trans.__('Time')}</legend>
          {curve ? (
            <Slider
              id="reach"
              label={trans.__('from −x to x')}
              unit=""
              value={reach}
              range={rangeOf(usualReach(definition), [0, 4 * usualReach(definition)], true)}
              onChange={(_id, value) => setReach(value)}
            />
          ) : (
            <>
              <Slider
                id="duration"
                label={trans.__('duration')}
                unit={ms}
                value={settings.duration}
                range={rangeOf(usual.duration, [0, 4 * usual.duration], true)}
                onChange={setTime}
              />
              <Slider
                id="dt"
                label={trans.__('step dt')}
                unit={ms}
                value={settings.dt}
                range={rangeOf(usual.dt, [settings.duration / MOST_STEPS, usual.dt * 10])}
                onChange={setTime}
              />
            </>
          )}
        </fieldset>
      </div>
      <div className="spx-Playground-picture">
        <PictureCanvas
          picture={picture}
          label={trans.__('%1: %2', definition.name, words || trans.__('its curves'))}
          height={120 + 72 * (rows + 1)}
        />
        <p className="spx-Playground-words" role="status">
          {words}
        </p>
      </div>
    </div>
  );
}

/** How far to both sides of 0 a function is shown at first. */
function usualReach(definition: IDefinition): number {
  return definition.kind === 'surrogate' ? 3 : 4 * Math.max(1, Math.abs(definition.bench.input));
}
